/** Files that are read and compressed at the same time; compression uses the other cores. */
export const preparedAtOnce: number = 4;
/** Hashes in one question to the node. */
export const askedHashesMax: number = 1000;
/** Files whose missing pieces are asked for together. */
export const groupFilesMax: number = 100;
/** Accounts, and codes, in one question to the node. */
export const askedAccountsMax = 200;
export const askedCodesMax = 100;
/** Package files that are read from one folder. */
export const folderPackagesMax = 1000;
