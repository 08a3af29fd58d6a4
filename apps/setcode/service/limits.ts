/** What one account has staged and not installed yet. */
export const stagedBytesMax: number = 8 * 1024 * 1024;
export const stagedPiecesMax = 64;
/** After this they are dropped, a few with each new piece of whomever. */
export const stagedMicrosMax: number = 24 * 60 * 60 * 1_000_000;
export const stagedDroppedAtOnce = 8;
/** Of one question to `GET /known`. */
export const askedHashesMax = 256;
