import { packText } from "../texts.ts";

const wordMask = (1n << 64n) - 1n;
const multiplier = 0x6eed0e9da4d94a4fn;

/** SeaHash, version 4 (docs.rs/seahash), of the text as UTF-8. 64 bits; not a cryptographic hash. */
export function seahash(text: string): bigint {
  const data = packText(text);
  let state: readonly [bigint, bigint, bigint, bigint] = [
    0x16f11fe89b0d677cn,
    0xb480a793d8e6c86cn,
    0x6fe2e5aaf078ebc9n,
    0x14f994a4c5259381n,
  ];
  for (let i = 0; i < data.length; i += 8) {
    const [a, b, c, d] = state;
    state = [b, c, d, diffuse(a ^ littleEndian(data.subarray(i, i + 8)))];
  }
  const [a, b, c, d] = state;
  return diffuse(a ^ b ^ c ^ d ^ BigInt(data.length));
}

function diffuse(word: bigint): bigint {
  const product = (word * multiplier) & wordMask;
  const mixed = product ^ ((product >> 32n) >> (product >> 60n));
  return (mixed * multiplier) & wordMask;
}

function littleEndian(bytes: Uint8Array): bigint {
  let word = 0n;
  for (const [i, byte] of bytes.entries()) word |= BigInt(byte) << BigInt(8 * i);
  return word;
}
