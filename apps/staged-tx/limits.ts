export const actionsMax = 64;
/** Of all actions together, packed. */
export const actionBytesMax: number = 256 * 1024;
/** Different accounts that send actions of one proposal. */
export const sendersMax = 8;
export const lifetimeSecondsMax: number = 90 * 24 * 60 * 60;
/** Of one proposer, at the same time. */
export const openProposalsMax = 32;
/** Kept for one proposal; more than there can be accounts with a say in what one sender does. */
export const answersMax = 512;
/** Expired proposals that a new one clears away. */
export const clearedMax = 4;
/** In one answer to a query. */
export const pageRowsMax = 50;
