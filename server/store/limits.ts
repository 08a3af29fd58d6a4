/** How many of the last applied records (block id and roots) state.db keeps. */
export const appliedRecordsMax = 4096;
