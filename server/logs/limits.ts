/** Tag, author, log id, sequence number, two links, size, payload hash, signature: all at their longest. */
export const entryBytesMax: number = 1 + 32 + 9 + 9 + 66 + 66 + 9 + 66 + 64;

/** The payload of one entry; its hash and size stand in the entry, the payload itself outside. */
export const payloadBytesMax: number = 1024 * 1024;
