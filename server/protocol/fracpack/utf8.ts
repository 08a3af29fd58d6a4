import { isUtf8 as isUtf8Native, putText, textOf } from "#native";

import { isWellFormedUtf8, putUtf8, textOfUtf8 } from "../utf8.ts";
import type { Writer } from "./writer.ts";

/** Up to these sizes, calling the host costs more than the work itself. */
const readBytesOwnMax = 8;
const writeCharsOwnMax = 12;
const checkBytesOwnMax = 96;

/** Appends the text as UTF-8; a lone surrogate becomes U+FFFD, as in every other encoder. */
export function writeUtf8(out: Writer, text: string): void {
  const at = out.reserve(3 * text.length);
  const size =
    text.length <= writeCharsOwnMax ? putUtf8(out.data, at, text) : putText(out.data, at, text);
  out.pos = at + size;
}

/** Whether a part of the bytes is UTF-8. */
export function isUtf8(data: Uint8Array, view: DataView, start: number, end: number): boolean {
  if (end - start > checkBytesOwnMax) return isUtf8Native(data.subarray(start, end));
  let at = start;
  while (at + 4 <= end && (view.getUint32(at) & 0x8080_8080) === 0) at += 4;
  return isWellFormedUtf8(data, at, end);
}

/** Text from UTF-8 that has been checked. */
export function readUtf8(data: Uint8Array, start: number, end: number): string {
  return end - start <= readBytesOwnMax ? textOfUtf8(data, start, end) : textOf(data, start, end);
}
