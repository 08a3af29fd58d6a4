/** Bytes as text of one code unit each: compares as the bytes do, and can be the key of a Map. */
export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
