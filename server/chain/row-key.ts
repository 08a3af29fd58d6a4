import type { FieldKind, FieldLayout } from "./schema-layout.ts";

/** Takes the key of one index out of a packed row; undefined when the row is not what its schema says. */
export type KeyOfRow = (row: Uint8Array) => Uint8Array | undefined;

/**
 * The same bytes as `encodeKey` of the fields' values: whole numbers big-endian, fixed bytes as they are, texts and
 * bytes with each zero followed by 255 and ended by two zeros.
 */
export function keyOfRow(fields: readonly FieldLayout[]): KeyOfRow {
  return (row) => {
    let size = 0;
    for (const field of fields) {
      const part = partSize(row, field.at, field.kind);
      if (part === undefined) return undefined;
      size += part;
    }
    const key = new Uint8Array(size);
    let at = 0;
    for (const field of fields) at = writePart(row, field, key, at);
    return key;
  };
}

function partSize(row: Uint8Array, at: number, kind: FieldKind): number | undefined {
  if (at + fixedSizeOf(kind) > fixedEnd(row)) return undefined;
  if (kind.kind !== "variable-bytes") return kind.sizeBytes;
  const content = variableBytes(row, at);
  if (content === undefined) return undefined;
  let size = content.length + 2;
  for (const byte of content) if (byte === 0) size++;
  return size;
}

function writePart(
  row: Uint8Array,
  { at, kind }: FieldLayout,
  key: Uint8Array,
  to: number,
): number {
  if (kind.kind === "unsigned") {
    for (let i = 0; i < kind.sizeBytes; i++) key[to + i] = row[at + kind.sizeBytes - 1 - i] ?? 0;
    return to + kind.sizeBytes;
  }
  if (kind.kind !== "variable-bytes") {
    key.set(row.subarray(at, at + kind.sizeBytes), to);
    return to + kind.sizeBytes;
  }
  let next = to;
  for (const byte of variableBytes(row, at) ?? []) {
    key[next++] = byte;
    if (byte === 0) key[next++] = 255;
  }
  return next + 2;
}

/** A text or a byte list: the offset leads to its length in 32 bits, then its bytes. Offset 0 is the empty one. */
export function variableBytes(row: Uint8Array, at: number): Uint8Array | undefined {
  const offset = u32(row, at);
  if (offset === undefined) return undefined;
  if (offset === 0) return new Uint8Array();
  const length = u32(row, at + offset);
  const start = at + offset + 4;
  if (length === undefined || start + length > row.length) return undefined;
  return row.subarray(start, start + length);
}

/** Where the fixed part ends: trailing optional fields may be left out of a packed row. */
function fixedEnd(row: Uint8Array): number {
  const end = 2 + (row[0] ?? 0) + 256 * (row[1] ?? 0);
  return end <= row.length ? end : 0;
}

function fixedSizeOf(kind: FieldKind): number {
  return kind.kind === "variable-bytes" ? 4 : kind.sizeBytes;
}

function u32(row: Uint8Array, at: number): number | undefined {
  if (at + 4 > row.length) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = row.subarray(at, at + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
