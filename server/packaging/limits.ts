/** Of a package file, and of what it holds when it is unpacked. */
export const packageBytesMax: number = 64 * 1024 * 1024;
export const contentBytesMax: number = 256 * 1024 * 1024;
export const entriesMax = 10_000;
/** What is unpacked may be this many times the file's size; small packages are not looked at so closely. */
export const expansionMax = 100;
export const expansionFreeBytes: number = 1024 * 1024;
/** `data/`, an account, and a path of at most 512 bytes. */
export const entryPathBytesMax = 544;

export const metaBytesMax: number = 256 * 1024;
/** `service/<account>.json`, with the schema. */
export const serviceInfoBytesMax: number = 512 * 1024;
export const postinstallBytesMax: number = 256 * 1024;

export const packageNameCharsMax = 64;
export const packageVersionCharsMax = 64;
export const descriptionCharsMax = 1000;
export const packageAccountsMax = 64;
export const packageDependsMax = 100;
export const postinstallActionsMax = 500;

/** Of what the network keeps about the files of a package, gzipped. */
export const packedManifestBytesMax: number = 256 * 1024;

/** Of one index of packages. */
export const indexedPackagesMax = 10_000;

/** A plugin's source, with all that it imports beside the runtime. */
export const pluginSourceBytesMax: number = 256 * 1024;

/** `kith.json`. */
export const manifestBytesMax: number = 256 * 1024;

/** Actions are put together into transactions of about this size; the rest is room for names and proofs. */
export const batchBytesMax: number = 900 * 1024;
/** Of one transaction: each action writes a few rows and takes millions of units of fuel. */
export const batchActionsMax = 64;

/** Choices that are tried before dependencies count as unsolvable. */
export const resolutionStepsMax = 20_000;
