/** Of a path as UTF-8; it is part of a row's key. */
export const pathBytesMax: number = 512;
export const contentTypeCharsMax: number = 128;
export const cspCharsMax: number = 4096;
/** Content, decoded and as stored. */
export const fileBytesMax: number = 64 * 1024 * 1024;
export const fileChunksMax: number = 256;
/** Of one account's site. */
export const siteFilesMax: number = 50_000;
export const siteBytesMax: number = 2 * 1024 * 1024 * 1024;
/** Chunks that one account has stored and not linked yet. */
export const pendingBytesMax: number = 256 * 1024 * 1024;
/** After this they are dropped, a few with each new one. */
export const pendingMicrosMax: number = 24 * 60 * 60 * 1_000_000;
export const pendingDroppedAtOnce: number = 8;
/** Files that one `removeTree` removes. */
export const removedAtOnce: number = 500;
/** Of the uploader's questions. */
export const askedHashesMax: number = 10_000;
export const listedFilesMax: number = 1000;
/** Of one question about plugins: accounts in it, plugins in its answer, and their manifests, one and all. */
export const pluginsAskedMax: number = 64;
export const pluginsListedMax: number = 64;
export const pluginManifestBytesMax: number = 64 * 1024;
export const pluginManifestsBytesMax: number = 768 * 1024;
/** Accounts of one question about pages. */
export const pagesAskedMax: number = 100;
