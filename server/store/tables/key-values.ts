import type { SqlValue } from "../sqlite.ts";
import { blobOf, placeFor, sourceOf, written } from "./fixed-values.ts";
import type { RowField } from "./row-fields.ts";

/**
 * The fields of a key, between its bytes (`@kith/protocol/key`: numbers big-endian, texts and byte strings with 00 as
 * 00 FF and 00 00 behind them) and the values of its columns. The order of one is the order of the other.
 */
export class KeyCodec {
  readonly fields: readonly RowField[];

  private readonly fixedBytes: number;
  private readonly isFixed: boolean;

  constructor(fields: readonly RowField[]) {
    this.fields = fields;
    this.fixedBytes = fields.reduce((size, { fixed }) => size + (fixed?.sizeBytes ?? 0), 0);
    this.isFixed = fields.every(({ fixed }) => fixed !== undefined);
  }

  /** `values` are those of the key's fields. */
  keyOf(values: readonly SqlValue[]): Uint8Array {
    let size = this.fixedBytes;
    if (!this.isFixed) {
      for (let i = 0; i < this.fields.length; i++) {
        if (this.fields[i]?.fixed === undefined) size += escapedSize(blobOf(values[i] ?? null));
      }
    }
    const target = placeFor(size);
    let at = 0;
    for (let i = 0; i < this.fields.length; i++) {
      const fixed = this.fields[i]?.fixed;
      const value = values[i] ?? null;
      if (fixed === undefined) at = writeEscaped(target.bytes, at, blobOf(value));
      else {
        fixed.writeKey(target, at, value);
        at += fixed.sizeBytes;
      }
    }
    return written(target, size);
  }

  /** Undefined for bytes that are no key of these fields, which no row can have. */
  valuesOf(key: Uint8Array): readonly SqlValue[] | undefined {
    if (this.isFixed ? key.length !== this.fixedBytes : key.length < this.fixedBytes) {
      return undefined;
    }
    const values: SqlValue[] = [];
    const source = sourceOf(key);
    let at = 0;
    for (const { fixed } of this.fields) {
      if (fixed !== undefined) {
        if (at + fixed.sizeBytes > key.length) return undefined;
        values.push(known(fixed.readKey(source, at)));
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

function escapedSize(content: Uint8Array): number {
  let size = content.length + 2;
  for (const byte of content) if (byte === 0) size++;
  return size;
}

function writeEscaped(key: Uint8Array, at: number, content: Uint8Array): number {
  let to = at;
  for (const byte of content) {
    key[to++] = byte;
    if (byte === 0) key[to++] = escapeMark;
  }
  key[to++] = 0;
  key[to++] = 0;
  return to;
}

function afterFixed(
  row: Uint8Array,
  field: RowField,
  key: Uint8Array,
  at: number,
): number | undefined {
  const size = field.end - field.place;
  const isReversed = field.fixed?.isReversed === true;
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

/** Every number that a key can have is one that a column can have. */
export function known(value: SqlValue | undefined): SqlValue {
  if (value === undefined) throw new TypeError("a key has a value that no column can have");
  return value;
}
