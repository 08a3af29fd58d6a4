/**
 * A snapshot as one file: the magic and a version (u32); the rows of all chunks; what stands before the rows of each chunk; the
 * genesis block; the manifest; and at the end the sizes of the last two (u32), the manifest's sha256 and the magic of the end.
 * Numbers are big-endian. Rows come first, because their proofs are known when all rows are.
 */
export const startMagic: Uint8Array = new TextEncoder().encode("kithsnap");
export const endMagic: Uint8Array = new TextEncoder().encode("snapends");
export const formatVersion = 1;

export const startBytes: number = startMagic.length + 4;
export const endBytes: number = 4 + 4 + 32 + endMagic.length;
