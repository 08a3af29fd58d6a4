/** How many of the last applied records (block id and roots) state.db keeps. */
export const appliedRecordsMax = 4096;

/** Frames (pages) of state.db's write-ahead log after which they are moved into the database: 16 MiB. */
export const stateWalFramesMax = 4096;

/** Frames of log.db's write-ahead log after which they are moved into the database. */
export const logWalFramesMax = 2000;

/** What log.db's write-ahead log is made of from the start: overwriting is faster than growing. */
export const logWalBytesInitial = 10 * 1024 * 1024;

/** The share of time that the event loop may wait for the disk, and how long at a stretch. */
export const inlineSyncShare = 1 / 3;
export const inlineSyncMsMax = 2;

/** Blocks kept in memory, by number and by size. */
export const cachedBlocksMax = 512;
export const cachedBlockBytesMax = 16 * 1024 * 1024;

/** Newest blocks that are checked whenever the log is opened. */
export const tailBlocksChecked = 16;

/** Blocks that leave the log in one transaction. */
export const droppedBlocksMax = 64;

/** Blocks between two certificates that are kept, and their bytes: links lead from each block to the next certificate. */
export const certifiedBlocksMax = 32;
export const certifiedBytesMax = 1024 * 1024;

/** What blocks changed goes into state.db when it takes this much memory, or this long after a change. */
export const pendingBytesMax = 8 * 1024 * 1024;
export const pendingMsMax = 1_000;
/** Whoever asks to hold it back is not heard any more when it takes so many times that memory. */
export const heldTimesMax = 4;

/** A state that comes as a whole: memory for sorting its rows, for pages of its file, and rows written at a time. */
export const stagedSortBytes = 32 * 1024 * 1024;
export const stagedCacheKib = 64 * 1024;
export const stagedRowsAtOnce = 256;

/** Rows of the file that a follower keeps in memory, and the size above which it reads a row each time. */
export const followedRowsMax = 16_384;
export const followedRowBytesMax = 4096;

/** How long at a stretch it is written, and the rest between two stretches while there is time. */
export const stateSliceMs = 1;
export const statePauseMs = 4;

/** Fields of a table that have columns; further ones have them when they are part of a key. */
export const columnsMax = 500;
export const columnNameCharsMax = 128;

/** Frames of events.db's write-ahead log after which they are moved into the database. */
export const eventWalFramesMax = 2048;

/** Rows of old events that leave in one transaction. */
export const prunedEventsMax = 256;

/** What services may ask in SQL, and what they get. */
export const sqlCharsMax = 16 * 1024;
export const sqlParametersMax = 100;
export const sqlColumnsMax = 100;
export const sqlRowsMax = 10_000;
export const sqlResultBytesMax = 4 * 1024 * 1024;
/** Statements that are checked and prepared already. */
export const sqlStatementsCachedMax = 64;

/** All files of prepared code together: 4 GiB, which is thousands of services. */
export const preparedBytesMax = 4 * 1024 * 1024 * 1024;
/** What is made free at once when that is reached. */
export const preparedRoomShare = 1 / 4;
/** The folder is looked through again after a process has written this much. */
export const preparedScanBytes = 256 * 1024 * 1024;
/** One file: an image is at most 32 MiB of memory and what describes it. */
export const preparedFileBytesMax = 64 * 1024 * 1024;
/** What nobody has read for so many days goes. */
export const preparedUnusedDaysMax = 90;
/** How exactly a file says when it was last of use. */
export const preparedTouchMs = 3_600_000;
/** A draft that nobody has renamed for so long is of a process that was killed. */
export const preparedDraftMsMax = 600_000;
