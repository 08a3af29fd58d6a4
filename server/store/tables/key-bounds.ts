import type { SqlValue } from "../sqlite.ts";
import { sourceOf } from "./fixed-values.ts";
import { known, terminated, type KeyCodec } from "./key-values.ts";

/**
 * A place between keys, in terms of columns: the keys from `bytes` on are exactly those whose first columns are
 * greater than `values` or, unless `isBehind`, equal to them.
 */
export type KeyBound = { readonly values: readonly SqlValue[]; readonly isBehind: boolean };

/**
 * Any bytes are a place among keys, also those that end in the middle of a field. The order of columns is the order of
 * keys, so that what a range of keys holds does not depend on whether rows are in memory or in the file.
 */
export function keyBoundOf(codec: KeyCodec, bytes: Uint8Array): KeyBound {
  const values: SqlValue[] = [];
  let at = 0;
  for (const { fixed } of codec.fields) {
    if (at === bytes.length) return { values, isBehind: false };
    if (fixed !== undefined) {
      // The least number that begins with what is left: the missing bytes are zeros.
      const part = new Uint8Array(fixed.sizeBytes);
      part.set(bytes.subarray(at, at + fixed.sizeBytes));
      values.push(known(fixed.readKey(sourceOf(part), 0)));
      at += fixed.sizeBytes;
      if (at > bytes.length) return { values, isBehind: false };
      continue;
    }
    const part = terminated(bytes, at);
    values.push(part.content);
    // `content 00 xx`: behind `content 00 00`, which ends it, and before `content 00 FF`, by which it goes on.
    if (part.kind === "between") return { values, isBehind: true };
    if (part.kind === "cut") return { values, isBehind: false };
    at = part.end;
  }
  return { values, isBehind: at < bytes.length };
}
