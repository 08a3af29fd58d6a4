/** How long a reader waits for a header that says what is true after a block: longer than an election or two. */
export const headerMsMax = 8_000;
/** While somebody waits for one it is asked for this often. */
export const headerAskedAgainMs = 200;
/** Who waits for a header at the same time: more are told at once that there is none. */
export const headerWaitsMax = 1_000;
/** Headers stand in whole blocks, which a page reads no more of than this; the next page goes on. */
export const headersReadBytesMax: number = 8 * 1024 * 1024;
/** Headers of the last executed blocks that are kept in memory: as many as rows are proved behind. */
export const headersKeptMax = 128;
/** Login tokens of which it is known that they are signed. */
export const knownTokensMax = 4_096;
