/** Digits behind the point. */
export const precisionMax = 8;
/** As UTF-8. */
export const memoBytesMax = 80;
export const subAccountBytesMax = 80;
/** Tokens that one sub-account can hold, so that deleting it is bounded. */
export const subAccountTokensMax = 100;
/** The largest amount there is. */
export const amountMax: bigint = 2n ** 64n - 1n;
/** Rows of one answer. */
export const pageRowsMax = 100;
export const pageRowsDefault = 25;
