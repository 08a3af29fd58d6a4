/** Listeners of one node. */
export const streamsMax: number = 4096;
/** Listeners of one address, or of one IPv6 network of 64 bits. This machine's own addresses are not counted. */
export const streamsOfAddressMax: number = 64;
/** What one listener may name; a page has one stream for all that it shows (decision 0202). */
export const interestsMax: number = 32;
export const liveQueriesOfStreamMax: number = 24;
/** Different live queries of one node; those of several listeners count once. */
export const liveQueriesMax: number = 512;
/** Rows times fields of one live GraphQL query: it is paid again and again. */
export const liveQueryCostMax: number = 4000;
/** The answer to a live query, which is kept to compare the next one with. */
export const liveAnswerBytesMax: number = 128 * 1024;
/** Live queries that are being answered at one time. */
export const evaluationsMax: number = 4;
/** A live query rests for this many times as long as its last answer took. */
export const evaluationRest: number = 4;
/** A live query without an answer is asked again after this. */
export const retryAfterFailureMs: number = 1000;

/** What is kept of recent blocks for those who were away or are slow: in all, and of one service. */
export const logBytesMax: number = 16 * 1024 * 1024;
export const serviceLogBytesMax: number = 4 * 1024 * 1024;
/** The log of a service outlives its last listener by this. */
export const lingerMs: number = 5 * 60_000;
/** A position that is further ahead than this belongs to another network or to a lost future. */
export const positionAheadMax: number = 1024;

/** What one turn of a listener gives: more changed rows make it read anew, more events come in further turns. */
export const rowsOfTurnMax: number = 1000;
export const eventsOfTurnMax: number = 500;
export const charsOfTurnMax: number = 1024 * 1024;
/** A row whose JSON is longer is only named. */
export const rowCharsMax: number = 128 * 1024;

/** Listeners that are told of a block at one stretch: between two of them the node goes on with its work. */
export const wakesOfStretchMax: number = 64;

/** A listener hears something at least this often; proxies and servers close what is silent for a minute. */
export const heartbeatMs: number = 15_000;
/** A listener that takes nothing for this long is gone. */
export const stalledMs: number = 60_000;
/** What a client is asked to wait before it comes back. */
export const retryMs: number = 1000;
