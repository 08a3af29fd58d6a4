import { toHex } from "./hashes.ts";

/** What Ed25519 keys and signatures look like: all that is known of them without the curve. */

export const ed25519PublicKeyBytes = 32;
export const ed25519SignatureBytes = 64;

/** Each encoding, canonical or not, of the eight points whose order divides 8 (Chalkias et al., 2020, table 5). */
const smallOrderEncodings: ReadonlySet<string> = new Set(smallOrderTexts());

/** L, the order of the base point, little-endian (RFC 8032 section 5.1). */
const groupOrder: readonly number[] = [
  0xed,
  0xd3,
  0xf5,
  0x5c,
  0x1a,
  0x63,
  0x12,
  0x58,
  0xd6,
  0x9c,
  0xf7,
  0xa2,
  0xde,
  0xf9,
  0xde,
  0x14,
  ...Array.from({ length: 15 }, () => 0),
  0x10,
];

/**
 * What every runtime has to agree on before it is asked: both A and R are canonical encodings and not of small
 * order, and S < L. Runtimes differ on the rest, which would split a network.
 */
export function ed25519Admissible(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === ed25519PublicKeyBytes &&
    signature.length === ed25519SignatureBytes &&
    isAdmissiblePoint(publicKey, 0) &&
    isAdmissiblePoint(signature, 0) &&
    isBelowGroupOrder(signature)
  );
}

/** True when a key may be used at all: canonical and not of small order. Whether it is a point shows on use. */
export function ed25519KeyAdmissible(publicKey: Uint8Array): boolean {
  return publicKey.length === ed25519PublicKeyBytes && isAdmissiblePoint(publicKey, 0);
}

function isAdmissiblePoint(bytes: Uint8Array, at: number): boolean {
  if (!isCanonical(bytes, at)) return false;
  if (!maybeSmallOrder.has(bytes[at + 1] ?? 0)) return true;
  return !smallOrderEncodings.has(toHex(bytes.subarray(at, at + 32)));
}

/** y < p = 2^255 - 19, read without the sign bit. */
function isCanonical(bytes: Uint8Array, at: number): boolean {
  if (((bytes[at + 31] ?? 0) & 0x7f) !== 0x7f) return true;
  for (let i = 30; i > 0; i--) if (bytes[at + i] !== 0xff) return true;
  return (bytes[at] ?? 0) < 0xed;
}

function isBelowGroupOrder(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (signature[32 + i] ?? 0) - (groupOrder[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function smallOrderTexts(): string[] {
  const lowBytes: readonly (readonly [string, number])[] = [
    ["00".repeat(31), 0],
    [`01${"00".repeat(30)}`, 0],
    ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc", 0x05],
    ["c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03", 0x7a],
    [`ec${"ff".repeat(30)}`, 0x7f],
    [`ed${"ff".repeat(30)}`, 0x7f],
    [`ee${"ff".repeat(30)}`, 0x7f],
  ];
  return lowBytes.flatMap(([low, high]) =>
    [high, high | 0x80].map((byte) => low + byte.toString(16).padStart(2, "0")),
  );
}

/** The second bytes of the small-order encodings: one look decides nearly every time. */
const maybeSmallOrder: ReadonlySet<number> = new Set(
  [...smallOrderEncodings].map((text) => parseInt(text.slice(2, 4), 16)),
);
