/** `#native` where there is no node:crypto: browsers. `native-node.ts` has the same exports. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

import { isHex } from "./hex-form.ts";
import { isWellFormedUtf8, putUtf8, textOfUtf8 } from "./utf8.ts";

const hexDigits = "0123456789abcdef";
const hexOfByte: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15),
);

export function sha256(data: Uint8Array): Uint8Array {
  return nobleSha256(data);
}

export function sha256Text(data: Uint8Array): string {
  return hexOf(nobleSha256(data));
}

export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return hmac(nobleSha256, key, data);
}

export function hexOf(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += hexOfByte[byte] ?? "";
  return text;
}

/** Undefined for what is no hex. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (!isHex(text)) return undefined;
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function latin1Of(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return text;
}

/** Text of a part of `data`, which is UTF-8. */
export function textOf(data: Uint8Array, start: number, end: number): string {
  return textOfUtf8(data, start, end);
}

/** Writes the text as UTF-8 and returns its size; there is room for three bytes a character. */
export function putText(data: Uint8Array, at: number, text: string): number {
  return putUtf8(data, at, text);
}

export function isUtf8(data: Uint8Array): boolean {
  return isWellFormedUtf8(data, 0, data.length);
}

/** Pages have policies against it. */
export const canCompile = false;
export const exchange: DataView | undefined = undefined;

/** Undefined when the bytes are not UTF-8. */
export function validTextOf(data: Uint8Array, start: number, end: number): string | undefined {
  return isWellFormedUtf8(data, start, end) ? textOfUtf8(data, start, end) : undefined;
}
