export const nameCharsMax = 64;
export const versionCharsMax = 64;
export const descriptionCharsMax = 1000;
export const accountsMax = 64;
export const dependsMax = 100;
/** Gzipped. */
export const manifestBytesMax: number = 256 * 1024;
/** Owners of packages with one name that are looked at for a dependency. */
export const providersMax = 100;
/** In one answer. */
export const listedPackagesMax = 100;
export const askedAccountsMax = 256;
