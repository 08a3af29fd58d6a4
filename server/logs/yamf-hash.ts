import { bytesOfTrustedHex, toHex } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import { blake2b } from "@noble/hashes/blake2.js";

import { decodeVaru64 } from "./varu64.ts";

declare const brand: unique symbol;

/** A hash with its kind and length in front, as 132 hex digits: `0040`, then 64 bytes of BLAKE2b. */
export type YamfHash = string & { readonly [brand]: "YamfHash" };

export type YamfHashError =
  | { readonly code: "hash-cut-off"; readonly at: number }
  | { readonly code: "hash-kind-unknown"; readonly kind: bigint }
  | { readonly code: "hash-length-wrong"; readonly sizeBytes: bigint };

const digestBytes = 64;
export const yamfHashBytes: number = 2 + digestBytes;

export function yamfHash(data: Uint8Array): YamfHash {
  return yamfHashOf(`0040${toHex(blake2b(data))}`);
}

export function isYamfHash(text: string): text is YamfHash {
  return /^0040[0-9a-f]{128}$/.test(text);
}

export function encodeYamfHash(hash: YamfHash): Uint8Array {
  return bytesOfTrustedHex(hash);
}

/** BLAKE2b with 64 bytes is the one kind there is (AljoschaMeyer/yamf-hash). */
export function decodeYamfHash(
  bytes: Uint8Array,
  at: number,
): Result<{ readonly hash: YamfHash; readonly next: number }, YamfHashError> {
  const kind = decodeVaru64(bytes, at);
  if (!kind.ok) return err({ code: "hash-cut-off", at });
  if (kind.value.value !== 0n) return err({ code: "hash-kind-unknown", kind: kind.value.value });
  const size = decodeVaru64(bytes, kind.value.next);
  if (!size.ok) return err({ code: "hash-cut-off", at });
  if (size.value.value !== BigInt(digestBytes)) {
    return err({ code: "hash-length-wrong", sizeBytes: size.value.value });
  }
  const next = size.value.next + digestBytes;
  if (next > bytes.length) return err({ code: "hash-cut-off", at });
  return ok({ hash: yamfHashOf(toHex(bytes.subarray(at, next))), next });
}

function yamfHashOf(text: string): YamfHash {
  if (!isYamfHash(text)) throw new RangeError(`not a YAMF hash: ${text.slice(0, 140)}`);
  return text;
}
