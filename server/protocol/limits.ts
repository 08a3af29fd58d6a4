/** Every size that the protocol allows. A decoder checks them before it allocates anything. */

/** The packed SignedTransaction. */
export const transactionBytesMax: number = 1024 * 1024;
export const actionsMax: number = 1_000;
/** Claims, and proofs, of one transaction. */
export const claimsMax: number = 16;
/** One claim or one proof. */
export const claimBytesMax: number = 4096;
/** How far after the block time a transaction may expire: it can be signed offline and carried for days. */
export const expirationSecondsMax: number = 7 * 24 * 60 * 60;

/** The packed Block: it holds a transaction of any allowed size and always fits one frame. */
export const blockBytesMax: number = 4 * 1024 * 1024;
export const blockTransactionsMax: number = 10_000;
/** Each of the current and the next set of producers. */
export const producersMax: number = 100;
/** Producers in the roster of one `vote-response`: both sets while a change is under way. */
export const rosterProducersMax: number = 2 * producersMax;

/** Producers whose votes make one certificate or one view: both sets while a change is under way. */
export const certificateVotesMax: number = 2 * producersMax;
/** Headers that show that what a vote names descends from what the certificate is about: more than are ever in flight. */
export const certificateLinksMax: number = 64;

/** One message between two nodes, after decryption. */
export const frameBytesMax: number = 8 * 1024 * 1024;
/** Blocks in one `append` or `blocks-response`. */
export const messageBlocksMax: number = 1024;
/** Changes of producers in one `changes-response`; they are kilobytes each, and fit a frame. */
export const messageChangesMax: number = 64;
/** Transactions in one `submit`. */
export const submitTransactionsMax: number = 1024;
/** Addresses in one `peers`. */
export const peerAddressesMax: number = 1024;
export const peerUrlBytesMax: number = 512;
/** JSON of the error in one `submit-refused`. */
export const submitErrorBytesMax: number = 16 * 1024;
/** Rows of a snapshot in one `snapshot-chunk`, with their proof; and how many. */
export const snapshotChunkBytesMax: number = 4 * 1024 * 1024;
export const snapshotChunkRowsMax: number = 16_384;
/** Chunks of one snapshot: states of 32 GB and more. */
export const snapshotChunksMax: number = 65_536;
/** Changes of producers that a snapshot's proof may go through, and headers between its block and the one that is certified. */
export const snapshotChangesMax: number = 10_000;
export const snapshotAncestorsMax: number = 4096;
/** What stands before the chunks: the block, the proof and the list of chunks. */
export const snapshotManifestBytesMax: number = 64 * 1024 * 1024;
/** Of a manifest, in one message between nodes. */
export const manifestPartBytesMax: number = 1024 * 1024;

/** The packed data of one event, and the same with what an EventRecord holds beside it. */
export const eventBytesMax: number = 64 * 1024;
export const eventRecordBytesMax: number = eventBytesMax + 128;
/** Events that one service declares, and indexes of one event. */
export const serviceEventsMax: number = 256;
export const eventIndexesMax: number = 8;
/** Longer texts stand in an index as their sha256. */
export const eventIndexTextCharsMax: number = 128;

export const accountNameCharsMax: number = 10;
/** A method's name before compression; longer names than about 15 letters become hashes anyway. */
export const methodNameCharsMax: number = 128;

/** How deep lists, objects and options may nest in one packed value. */
export const fracpackDepthMax: number = 64;
/** The fixed area of an object, whose size is a u16. */
export const fracpackFixedAreaBytesMax: number = 0xffff;

/** Type expressions in one schema. */
export const schemaTypesMax: number = 10_000;
/** How deep type expressions may nest. */
export const schemaDepthMax: number = 64;
/** Values without any size, such as empty structs, in one value of fixed size. */
export const schemaEmptyValuesMax: number = 256;
/** The JSON text of a service's schema, and how deep it may nest. */
export const schemaTextCharsMax: number = 1024 * 1024;
export const schemaTextDepthMax: number = 256;
/** Pairs of types that are looked at to compare two definitions. */
export const schemaComparisonsMax: number = 100_000;
/** Findings that a comparison tells; the class counts all. */
export const schemaFindingsMax: number = 1_000;
/** JSON values that are looked at to pack one. */
export const jsonNodesMax: number = 250_000;

/** The one packed value of a receipt's results that is kept. */
export const receiptBytesMax: number = 1024 * 1024;

/** The pattern of a package's dependency; it nests at most as deep as it is long. */
export const versionPatternCharsMax = 500;

/** Hosts that one site declares to talk to, and the name of one (RFC 1035 section 2.3.4). */
export const connectOriginsMax: number = 16;
export const connectHostCharsMax: number = 253;

/** A login token as text, and how long it lives at most; clocks of browsers may be wrong by so much. */
export const loginTokenCharsMax: number = 512;
export const loginTokenSecondsMax: number = 600;
export const loginTokenSkewSeconds: number = 60;
