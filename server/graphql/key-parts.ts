import type { FieldKind } from "@kith/chain/schema-layout";
import { concatBytes } from "@kith/protocol/hashes";

/** Where the part of a key ends that begins at `at`; undefined when the key is too short. */
export function partEnd(key: Uint8Array, at: number, kind: FieldKind): number | undefined {
  if (kind.kind !== "variable-bytes") {
    const end = at + kind.sizeBytes;
    return end <= key.length ? end : undefined;
  }
  for (let end = at; end + 1 < key.length; end++) {
    if (key[end] !== 0) continue;
    if (key[end + 1] === 0) return end + 2;
    end++;
  }
  return undefined;
}

/** The inverse of `keyOfRow` for one field: the row that has this part as its only field. */
export function rowOfPart(part: Uint8Array, kind: FieldKind): Uint8Array {
  if (kind.kind === "variable-bytes") return variableRow(unescaped(part));
  const row = new Uint8Array(2 + part.length);
  setU16(row, 0, part.length);
  row.set(kind.kind === "unsigned" ? part.toReversed() : part, 2);
  return row;
}

export function concatKeys(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : concatBytes(...parts);
}

/** The first key behind this one. */
export function keyBehind(key: Uint8Array): Uint8Array {
  const behind = new Uint8Array(key.length + 1);
  behind.set(key);
  return behind;
}

/** The size of the fixed part, the offset of the content, its length, the content; offset 0 is the empty one. */
function variableRow(content: Uint8Array): Uint8Array {
  const isEmpty = content.length === 0;
  const row = new Uint8Array(isEmpty ? 6 : 10 + content.length);
  setU16(row, 0, 4);
  if (isEmpty) return row;
  row[2] = 4;
  new DataView(row.buffer).setUint32(6, content.length, true);
  row.set(content, 10);
  return row;
}

/** Without the two zeros at the end, and without the 255 behind each other zero. */
function unescaped(part: Uint8Array): Uint8Array {
  const content: number[] = [];
  for (let at = 0; at < part.length - 2; at++) {
    const byte = part[at] ?? 0;
    content.push(byte);
    if (byte === 0) at++;
  }
  return Uint8Array.from(content);
}

function setU16(row: Uint8Array, at: number, value: number): void {
  row[at] = value & 0xff;
  row[at + 1] = value >> 8;
}
