/** What this server takes from one request. The protocol's own limits are in `@kith/protocol/limits`. */

/** Headers together, without cookies; the runtime refuses more than `rawHeaderBytesMax` by itself. */
export const headerBytesMax: number = 16 * 1024;
/** More than the cookies that a browser keeps for a network: 180 of 4 KiB (decision 0201). */
export const rawHeaderBytesMax: number = 1024 * 1024;
/** No app needs more cookies; whoever sends more is told to forget them. */
export const cookieBytesMax: number = 8 * 1024;
/** Path and query, percent-encoded. */
export const targetCharsMax: number = 8 * 1024;
export const hostCharsMax: number = 255;
/** The body of a request that a service's `serve` answers. */
export const queryBodyBytesMax: number = 1024 * 1024;
/** Events in one answer, and about how many bytes of their data. */
export const eventsPerPageDefault: number = 50;
export const eventsPerPageMax: number = 200;
export const eventsAnswerBytesMax: number = 1024 * 1024;
/** Changes of producers, and headers, in one answer for light clients. */
export const lightChangesPerPage: number = 64;
export const lightHeadersPerPageMax: number = 128;
/** Nodes that a client is told of. */
export const nodesListedMax: number = 32;
/** The JSON of a row's key. */
export const rowKeyCharsMax: number = 4 * 1024;
/** Ranges of one request; each costs a part with headers of its own. */
export const rangesMax: number = 16;

/** A body has to arrive within this time, however slowly it drips. */
export const bodyTimeoutMs: number = 20_000;
/** How long an answer waits for finality before it says that it does not know yet. */
export const finalityTimeoutMs: number = 20_000;
/** How long a reader waits for this node to execute what was acknowledged before it asked. */
export const catchUpMsMax: number = 10_000;
/** A connection on which nothing happens; longer than the waits above. */
export const idleTimeoutSeconds: number = 60;

/** How often it is looked whether the token of a stream in somebody's name still counts. */
export const streamLoginMs: number = 5_000;

/** A server that stops waits for the clients of answers under way for this long. */
export const stopMsMax: number = 2_000;

/** Ready answers of static files, their keys and headers included. */
export const readyCacheBytesMax: number = 64 * 1024 * 1024;
/** A larger file is answered without a place in the cache. */
export const readyEntryBytesMax: number = 16 * 1024 * 1024;
/** A shorter answer of a service is sent as it is: it fits into a packet or two. */
export const compressedReplyBytesMin: number = 2 * 1024;
/** What a stored brotli body may decode to. */
export const decodedBytesMax: number = 128 * 1024 * 1024;
