/** Actions are put together into transactions of about this size; the rest is room for names and proofs. */
export const batchBytesMax: number = 900 * 1024;
/** Of one transaction: each action writes a few rows. */
export const batchActionsMax: number = 200;
/** Files that are read and compressed at the same time; compression uses the other cores. */
export const preparedAtOnce: number = 4;
/** Hashes in one question to the node. */
export const askedHashesMax: number = 1000;
/** Files whose missing pieces are asked for together. */
export const groupFilesMax: number = 100;
