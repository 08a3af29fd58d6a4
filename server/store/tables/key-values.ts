import type { SqlValue } from "../sqlite.ts";
import { blobOf, type RowSource } from "./fixed-values.ts";
import type { RowField } from "./row-fields.ts";

/**
 * The fields of a key, between its bytes (`@kith/protocol/key`: numbers big-endian, texts and byte strings with 00 as
 * 00 FF and 00 00 behind them) and the values of its columns. The order of one is the order of the other.
 */
export class KeyCodec {
  readonly fields: readonly RowField[];

  constructor(fields: readonly RowField[]) {
    this.fields = fields;
  }

  /** `values` are those of the key's fields. */
  keyOf(values: readonly SqlValue[]): Uint8Array {
    const parts = this.fields.map((field, i) => partOf(field, values[i] ?? null));
    const key = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      key.set(part, at);
      at += part.length;
    }
    return key;
  }

  /** Undefined for bytes that are no key of these fields, which no row can have. */
  valuesOf(key: Uint8Array): readonly SqlValue[] | undefined {
    const values: SqlValue[] = [];
    let at = 0;
    for (const { fixed } of this.fields) {
      if (fixed !== undefined) {
        if (at + fixed.sizeBytes > key.length) return undefined;
        values.push(this.fixedValue(values.length, key.subarray(at, at + fixed.sizeBytes)));
        at += fixed.sizeBytes;
        continue;
      }
      const part = terminated(key, at);
      if (part.kind !== "whole") return undefined;
      values.push(part.content);
      at = part.end;
    }
    return at === key.length ? values : undefined;
  }

  /** The value of a field of fixed size from its bytes in a key. */
  fixedValue(index: number, part: Uint8Array): SqlValue {
    const field = this.fields[index];
    const bytes = field?.column.type.kind === "bytes" ? part : part.toReversed();
    const value = field?.fixed?.read(sourceOf(bytes), 0);
    if (value === undefined) throw new TypeError("a type that cannot be part of a key is in one");
    return value;
  }

  /** Whether this is the key that the fields of a row make, if `row` is packed as it should be. */
  isKeyOf(row: Uint8Array, key: Uint8Array): boolean {
    let at = 0;
    for (const field of this.fields) {
      const next =
        field.fixed === undefined
          ? afterSized(row, field, key, at)
          : afterFixed(row, field, key, at);
      if (next === undefined) return false;
      at = next;
    }
    return at === key.length;
  }
}

export type Terminated =
  | { readonly kind: "whole"; readonly content: Uint8Array; readonly end: number }
  /** The bytes end, or go on as no key does, before the mark that ends the field. */
  | { readonly kind: "cut"; readonly content: Uint8Array }
  /** Behind the content stands a zero with what is neither an end mark nor an escape. */
  | { readonly kind: "between"; readonly content: Uint8Array };

/** The text or byte string of a key that begins at `from`. */
export function terminated(key: Uint8Array, from: number): Terminated {
  const content = new Uint8Array(key.length - from);
  let size = 0;
  for (let at = from; at < key.length; at++) {
    const byte = key[at] ?? 0;
    if (byte === 0) {
      const mark = key[at + 1];
      const so = content.subarray(0, size);
      if (mark === undefined) return { kind: "cut", content: so };
      if (mark === 0) return { kind: "whole", content: so, end: at + 2 };
      if (mark !== escapeMark) return { kind: "between", content: so };
      at++;
    }
    content[size++] = byte;
  }
  return { kind: "cut", content: content.subarray(0, size) };
}

const escapeMark = 0xff;

function partOf(field: RowField, value: SqlValue): Uint8Array {
  if (field.fixed === undefined) return escaped(blobOf(value));
  const part = new Uint8Array(field.fixed.sizeBytes);
  field.fixed.write(sourceOf(part), 0, value);
  return field.column.type.kind === "bytes" ? part : part.toReversed();
}

function escaped(content: Uint8Array): Uint8Array {
  let size = content.length + 2;
  for (const byte of content) if (byte === 0) size++;
  const part = new Uint8Array(size);
  let at = 0;
  for (const byte of content) {
    part[at++] = byte;
    if (byte === 0) part[at++] = escapeMark;
  }
  return part;
}

function afterFixed(
  row: Uint8Array,
  field: RowField,
  key: Uint8Array,
  at: number,
): number | undefined {
  const size = field.end - field.place;
  const isReversed = field.column.type.kind !== "bytes";
  for (let i = 0; i < size; i++) {
    const from = isReversed ? field.place + size - 1 - i : field.place + i;
    if (row[from] !== key[at + i]) return undefined;
  }
  return at + size;
}

function afterSized(
  row: Uint8Array,
  field: RowField,
  key: Uint8Array,
  at: number,
): number | undefined {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const offset = view.getUint32(field.place, true);
  const start = field.place + offset + 4;
  const end = offset === 0 ? start : start + view.getUint32(start - 4, true);
  let to = at;
  for (let from = start; from < end; from++) {
    const byte = row[from];
    if (key[to++] !== byte) return undefined;
    if (byte === 0 && key[to++] !== escapeMark) return undefined;
  }
  return key[to] === 0 && key[to + 1] === 0 ? to + 2 : undefined;
}

function sourceOf(bytes: Uint8Array): RowSource {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}
