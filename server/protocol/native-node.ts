/** `#native` where node:crypto exists (Bun, Deno, Node). `native-noble.ts` has the same exports. */
import { Buffer, isUtf8 as isUtf8Native } from "node:buffer";
import { createHmac, hash } from "node:crypto";

import { isHex } from "./hex-form.ts";

export function sha256(data: Uint8Array): Uint8Array {
  return plain(hash("sha256", data, "buffer"));
}

export function sha256Text(data: Uint8Array): string {
  return hash("sha256", data, "hex");
}

export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return plain(createHmac("sha256", key).update(data).digest());
}

export function hexOf(data: Uint8Array): string {
  if (data.toHex !== undefined) return data.toHex();
  return Buffer.from(data.buffer, data.byteOffset, data.length).toString("hex");
}

/** Undefined for what is no hex. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  return isHex(text) ? plain(Buffer.from(text, "hex")) : undefined;
}

const { latin1Slice, utf8Slice, utf8Write } = Buffer.prototype;

export function latin1Of(data: Uint8Array): string {
  return latin1Slice.call(data, 0, data.length);
}

/** Text of a part of `data`, which is UTF-8. */
export function textOf(data: Uint8Array, start: number, end: number): string {
  return utf8Slice.call(data, start, end);
}

/** Writes the text as UTF-8 and returns its size; there is room for three bytes a character. */
export function putText(data: Uint8Array, at: number, text: string): number {
  return utf8Write.call(data, text, at, 3 * text.length);
}

export function isUtf8(data: Uint8Array): boolean {
  return isUtf8Native(data);
}

/** Whether code that is made while the program runs is quicker than closures: only where nothing is compiled. */
export const canCompile = false;

/** Where codecs may read and write without a copy: only what a guest shares with its machine. */
export const exchange: DataView | undefined = undefined;

/** Undefined when the bytes are not UTF-8. */
export function validTextOf(data: Uint8Array, start: number, end: number): string | undefined {
  return isUtf8(data.subarray(start, end)) ? textOf(data, start, end) : undefined;
}

/** A copy: looking at the `buffer` of a small Buffer is slower than that. */
function plain(data: Uint8Array): Uint8Array {
  return new Uint8Array(data);
}
