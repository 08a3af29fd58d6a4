import { bytesOfTrustedHex, concatBytes } from "./hashes.ts";
import type { AccountName, Checksum } from "./ids.ts";
import { accountNumber } from "./names.ts";
import { packText } from "./texts.ts";

/** One component of a key. Numbers are unsigned, big-endian; accounts sort as their names do. */
export type KeyPart =
  | { readonly kind: "u8" | "u16" | "u32"; readonly value: number }
  | { readonly kind: "u64"; readonly value: bigint }
  | { readonly kind: "account"; readonly value: AccountName }
  | { readonly kind: "str"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "checksum"; readonly value: Checksum };

/**
 * Bytes whose order is the order of the parts, compared one after the other (psibase specification,
 * data-formats/keys): numbers big-endian, texts and byte strings with 00 written as 00 FF and 00 00 behind them.
 * Throws when a number does not fit its kind.
 */
export function encodeKey(parts: readonly KeyPart[]): Uint8Array {
  return concatBytes(...parts.map(encodePart));
}

/** The first key behind all keys that begin with `prefix`; undefined when there is none. */
export function keyAfterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return undefined;
  const after = prefix.slice(0, length);
  after[length - 1] = (after[length - 1] ?? 0) + 1;
  return after;
}

function encodePart(part: KeyPart): Uint8Array {
  switch (part.kind) {
    case "u8":
      return bigEndian(BigInt(part.value), 1);
    case "u16":
      return bigEndian(BigInt(part.value), 2);
    case "u32":
      return bigEndian(BigInt(part.value), 4);
    case "u64":
      return bigEndian(part.value, 8);
    case "account":
      return bigEndian(accountNumber(part.value), 8);
    case "str":
      return terminated(packText(part.value));
    case "bytes":
      return terminated(part.value);
    case "checksum":
      return bytesOfTrustedHex(part.value);
  }
}

function bigEndian(value: bigint, size: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * size) !== 0n) {
    throw new RangeError(`${value} does not fit ${size} bytes of a key`);
  }
  const encoded = new Uint8Array(size);
  let rest = value;
  for (let i = size - 1; i >= 0; i--) {
    encoded[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return encoded;
}

function terminated(value: Uint8Array): Uint8Array {
  const zeros = value.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  const encoded = new Uint8Array(value.length + zeros + 2);
  let at = 0;
  for (const byte of value) {
    encoded[at++] = byte;
    if (byte === 0) encoded[at++] = 0xff;
  }
  return encoded;
}
