import {
  bytesOfHex,
  hexOf,
  hmacSha256 as nativeHmac,
  latin1Of as nativeLatin1,
  sha256 as native,
  sha256Text,
} from "#native";

import { checksumOf, type Checksum } from "./ids.ts";
import { err, ok, type Result } from "./result.ts";

export type HexError = {
  readonly code: "hex-malformed";
  /** How long the text is, in characters. */
  readonly chars: number;
};

/** FIPS 180-4. 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return native(data);
}

/** FIPS 180-4, as the hex that ids are kept in. */
export function sha256Hex(data: Uint8Array): Checksum {
  return checksumOf(sha256Text(data));
}

/** RFC 2104 with SHA-256. 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return nativeHmac(key, data);
}

/** Lower-case hex, two digits a byte. */
export function toHex(data: Uint8Array): string {
  return hexOf(data);
}

/** Accepts both cases and no separators. */
export function fromHex(text: string): Result<Uint8Array, HexError> {
  const bytes = bytesOfHex(text);
  return bytes === undefined ? err({ code: "hex-malformed", chars: text.length }) : ok(bytes);
}

/** For hex that the program made itself, such as ids; throws when it is anything else. */
export function bytesOfTrustedHex(text: string): Uint8Array {
  const bytes = bytesOfHex(text);
  if (bytes === undefined) throw new RangeError(`not hex: ${text.slice(0, 80)}`);
  return bytes;
}

/** One character a byte: such texts compare as the bytes do, and can be keys of a Map. */
export function latin1Of(data: Uint8Array): string {
  return nativeLatin1(data);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Below 0 when `a` comes before `b` in the order of their bytes, 0 when they are equal. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** 32 zero bytes: what stands where there is no block, no root, no transaction. */
export const zeroChecksum: Checksum = checksumOf("0".repeat(64));
