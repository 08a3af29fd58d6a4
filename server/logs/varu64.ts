import { err, ok, type Result } from "@kith/protocol/result";

export type Varu64Error =
  | { readonly code: "varu64-cut-off"; readonly at: number }
  | { readonly code: "varu64-not-shortest"; readonly at: number };

export type Varu64 = { readonly value: bigint; readonly next: number };

const u64Max = (1n << 64n) - 1n;

/** Up to 247 in one byte; otherwise 247 + n, then n big-endian bytes (AljoschaMeyer/varu64). */
export function encodeVaru64(value: bigint): Uint8Array {
  if (value < 0n || value > u64Max) throw new RangeError(`not in 64 bits: ${value}`);
  if (value < 248n) return Uint8Array.of(Number(value));
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return Uint8Array.of(247 + bytes.length, ...bytes);
}

/** Only the shortest form of a value is valid. */
export function decodeVaru64(bytes: Uint8Array, at: number): Result<Varu64, Varu64Error> {
  const first = bytes[at];
  if (first === undefined) return err({ code: "varu64-cut-off", at });
  if (first < 248) return ok({ value: BigInt(first), next: at + 1 });
  const next = at + 1 + (first - 247);
  if (next > bytes.length) return err({ code: "varu64-cut-off", at });
  let value = 0n;
  for (const byte of bytes.subarray(at + 1, next)) value = (value << 8n) | BigInt(byte);
  const isShortest = value >= 248n && bytes[at + 1] !== 0;
  return isShortest ? ok({ value, next }) : err({ code: "varu64-not-shortest", at });
}
