/** How many of the last applied records (block id and roots) state.db keeps. */
export const appliedRecordsMax = 4096;

/** Frames (pages) of state.db's write-ahead log after which they are moved into the database: 32 MiB. */
export const stateWalFramesMax = 8192;
