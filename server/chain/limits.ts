/** Every size that execution allows, checked before anything is allocated or written. */

/** The bytes of one row, packed. */
export const rowBytesMax: number = 1024 * 1024;
/** The encoded key of one row, or of one index entry without the primary key at its end. */
export const keyBytesMax: number = 1024;
/** Rows that one `range` may ask for. */
export const rangeRowsMax: number = 1000;
/** Tables of one service, and indexes of one table with the primary key: `space` has room for 16 indexes. */
export const tablesMax: number = 256;
export const indexesMax: number = 16;
/** Fields of one key. */
export const keyFieldsMax: number = 32;

/** Claims of one transaction that services check and not the node: each costs a call in the order of blocks. */
export const customClaimsMax: number = 4;
/** For all of them together. Nobody pays for what turns out to be unproved. */
export const verificationFuelMax: number = 20_000_000;

/** Units of work of one transaction, query, authorization or proof: about 50 ms on a quick machine. */
export const transactionFuelMax: number = 500_000_000;
/** Of one question whether a sender allows an action: the same wherever it is asked, so that all nodes say the same. */
export const authorizationFuelMax: number = 250_000_000;
/**
 * Work of a node for transactions that turn out not to be authorized, within the seconds: nobody pays for it. Beyond
 * that, questions before a block get enough for what ordinary auth services do.
 */
export const unpaidFuelMax: number = 2_000_000_000;
export const unpaidWindowSeconds: number = 10;
export const quickAuthorizationFuelMax: number = 75_000_000;
/** Units of work of one query: it delays nobody's block, and a deadline ends it as well. */
export const queryFuelMax: number = 5_000_000_000;
/** Starting new code, in all installations of one transaction. */
export const startFuelMax: number = 2_000_000_000;
/** A character of a schema that is about to be installed: types, tables, columns and indexes are made of it. */
export const schemaCharFuel: number = 2_000;
/** A character of the schema of a service that a session's calls meet for the first time: it may have to be read anew. */
export const definitionCharFuel: number = 500;
/** A removed row that a range passes over: the block that removed it is not in the store yet. */
export const passedRowFuel: number = 1_000;
/** An entry of an index that is written or followed, beside what the row costs. */
export const indexEntryFuel: number = 10_000;
/** Allowances are for this long: what was used earlier is there again. */
export const quotaWindowSeconds: number = 60;
/** The runtime's own stack that nested calls use together; every supported runtime has more. */
export const callStackBytesMax: number = 512 * 1024;
/** Memory that a block's services keep from one transaction to the next, in pages of 64 KiB: 256 MiB. */
export const sessionPagesMax: number = 4096;
/** Services that call services. */
export const callDepthMax: number = 16;
/** Rows that one transaction may write, and their bytes. */
export const transactionWritesMax: number = 20_000;
export const transactionWriteBytesMax: number = 16 * 1024 * 1024;
/** The packed result of one action; larger ones make the transaction fail. */
export const resultBytesMax: number = 64 * 1024;
export const transactionEventsMax: number = 1000;
/** Events of one block: their place in it is kept in 21 bits. */
export const blockEventsMax: number = 1_000_000;
/** Code and message of a failure, as they are kept in the receipt. */
export const failureCodeCharsMax: number = 64;
export const failureMessageCharsMax: number = 1000;
/** The JSON of a typed query's arguments, or the parameters of its URL. */
export const queryArgumentsBytesMax: number = 64 * 1024;
/** The packed result of a typed query; its JSON is a few times as long. */
export const queryResultBytesMax: number = 1024 * 1024;
/** A request that a service answers, packed; larger bodies never reach a service. */
export const replyBytesMax: number = 72 * 1024 * 1024;

/** Rows that a migration is given in one call, and their bytes unless it is one large row. */
export const migrationPortionRowsMax: number = 256;
export const migrationPortionBytesMax: number = 256 * 1024;

/** How finely executed ids are put away by the time that they expire. */
export const expiryBucketSeconds: number = 3600;
/** Rows of executed ids that are cleared away at once, and after how many blocks that happens again. */
export const bucketsPrunedMax: number = 64;
export const blocksBetweenPrunes: number = 16;

/** Nodes of the state tree kept in memory: about 1 KiB each. */
export const treeNodesCachedMax: number = 16_384;
/** What the last blocks replaced in it, kept for proofs against the roots that headers carry. */
export const treeHistoryBlocksMax: number = 64;
export const treeHistoryBytesMax: number = 16 * 1024 * 1024;
/** Rows kept in memory for `get`; rows above the size are read from the store each time. */
export const rowsCachedMax: number = 32_768;
export const cachedRowBytesMax: number = 1024;
/** Where chunks of snapshots end: checking one takes a few milliseconds. A larger row is a chunk of its own. */
export const snapshotChunkBytes: number = 512 * 1024;
export const snapshotChunkRows: number = 2048;
/** What one transaction of the genesis block holds. */
export const genesisTransactionBytes: number = 700 * 1024;
export const genesisTransactionActionsMax: number = 100;
/** Questions whose answer is remembered: who may call what with which claims. */
export const authorizationsRememberedMax: number = 16_384;
