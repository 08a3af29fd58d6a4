import type { SqlValue } from "../sqlite.ts";
import { blobOf, placeFor, written, type RowSource } from "./fixed-values.ts";
import { pointerBytes, sizeBytes, type RowField } from "./row-fields.ts";

/** One value for each field, in the order of the fields. */
export type RowValues = readonly SqlValue[];

const noBytes = new Uint8Array();
const emptyPointer = 0;
const nonePointer = 1;

/** Takes rows apart into the values of their columns, and puts them together again. */
export class RowCodec {
  private readonly fields: readonly RowField[];
  /** Size of a row that has nothing but values in their places; undefined when rows may have more. */
  private readonly inlineBytes: number | undefined;
  /** How many fields there are when the fixed area ends here and all others may be left out. */
  private readonly presentByEnd = new Map<number, number>();

  constructor(fields: readonly RowField[]) {
    this.fields = fields;
    if (fields.every(({ inline }) => inline)) this.inlineBytes = this.endOf(fields.length);
    const needed = 1 + fields.findLastIndex(({ column }) => !column.optional);
    for (let present = needed; present <= fields.length; present++) {
      this.presentByEnd.set(this.endOf(present), present);
    }
  }

  /**
   * The values from which `rowOf` makes exactly these bytes; undefined when there are none, because the row is not
   * packed as its type would be, or holds a number that a column cannot.
   */
  valuesOf(row: Uint8Array): RowValues | undefined {
    if (row.length < sizeBytes) return undefined;
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    const end = sizeBytes + view.getUint16(0, true);
    if (this.inlineBytes !== undefined) {
      const isWhole = end === this.inlineBytes && end === row.length;
      return isWhole ? this.inlineOf({ bytes: row, view }) : undefined;
    }
    const present = this.presentByEnd.get(end);
    if (present === undefined || end > row.length) return undefined;
    return new RowTaker({ bytes: row, view }, end).take(this.fields, present);
  }

  rowOf(values: RowValues): Uint8Array {
    const isInline = this.inlineBytes !== undefined;
    const present = isInline ? this.fields.length : this.presentIn(values);
    let to = this.endOf(present);
    const size = isInline ? to : to + this.contentBytes(values, present);
    const target = placeFor(size);
    target.view.setUint16(0, to - sizeBytes, true);
    for (let i = 0; i < present; i++) {
      const field = this.fields[i];
      const value = values[i];
      if (field === undefined || value === undefined) throw new Error("a row has lost a column");
      if (field.inline) field.fixed?.write(target, field.place, value);
      else to = putPointed(target, field, value, to);
    }
    return written(target, size);
  }

  /** As much as can be read of any bytes. Key fields are found wherever `chain` finds them (`row-key.ts`). */
  readableOf(row: Uint8Array): RowValues {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    const size = row.length < sizeBytes ? 0 : sizeBytes + view.getUint16(0, true);
    const end = size <= row.length ? size : 0;
    const source = { bytes: row, view };
    return this.fields.map((field) => {
      if (field.end > end) return null;
      if (field.inline) return field.fixed?.read(source, field.place) ?? null;
      return field.sized ? readableContent(source, field) : null;
    });
  }

  private inlineOf(source: RowSource): RowValues | undefined {
    const values: SqlValue[] = [];
    for (const { fixed, place } of this.fields) {
      const value = fixed?.read(source, place);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }

  private presentIn(values: RowValues): number {
    let present = this.fields.length;
    while (present > 0 && this.fields[present - 1]?.column.optional === true) {
      if (values[present - 1] !== null) break;
      present--;
    }
    return present;
  }

  private contentBytes(values: RowValues, present: number): number {
    let size = 0;
    for (let i = 0; i < present; i++) {
      const field = this.fields[i];
      const value = values[i];
      if (field === undefined || field.inline || value === null || value === undefined) continue;
      if (field.fixed !== undefined) size += field.fixed.sizeBytes;
      else size += contentSize(field, blobOf(value));
    }
    return size;
  }

  private endOf(present: number): number {
    return this.fields[present - 1]?.end ?? sizeBytes;
  }
}

/** One pass over a row: contents follow each other without gaps, in the order of the fields that point to them. */
class RowTaker {
  private readonly source: RowSource;
  private readonly values: SqlValue[] = [];
  /** Where the next content has to begin. */
  private next: number;
  /** The field whose content ends where the next one begins, because only its type would know how long it is. */
  private open: { readonly index: number; readonly start: number } | undefined;

  constructor(source: RowSource, fixedEnd: number) {
    this.source = source;
    this.next = fixedEnd;
  }

  take(fields: readonly RowField[], present: number): RowValues | undefined {
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      if (field === undefined) return undefined;
      if (i >= present) {
        this.values.push(null);
        continue;
      }
      const value = field.inline
        ? field.fixed?.read(this.source, field.place)
        : this.pointed(field, i);
      if (value === undefined) return undefined;
      this.values.push(value);
    }
    const { length } = this.source.bytes;
    if (this.open === undefined ? this.next !== length : !this.closeAt(length)) return undefined;
    const last = fields[present - 1];
    return last?.column.optional === true && this.values[present - 1] === null
      ? undefined
      : this.values;
  }

  private pointed(field: RowField, index: number): SqlValue | undefined {
    const { bytes, view } = this.source;
    const offset = view.getUint32(field.place, true);
    if (offset === nonePointer && field.column.optional) return null;
    if (offset === emptyPointer) return field.fixed === undefined ? noBytes : undefined;
    const target = field.place + offset;
    if (this.open === undefined ? target !== this.next : !this.closeAt(target)) return undefined;
    const left = bytes.length - target;
    if (field.fixed !== undefined) {
      if (field.fixed.sizeBytes > left) return undefined;
      this.next = target + field.fixed.sizeBytes;
      return field.fixed.read(this.source, target);
    }
    if (!field.sized) {
      this.open = { index, start: target };
      return noBytes;
    }
    const length = left < pointerBytes ? 0 : view.getUint32(target, true);
    if (length === 0 || length > left - pointerBytes) return undefined;
    this.next = target + pointerBytes + length;
    return bytes.subarray(target + pointerBytes, this.next);
  }

  private closeAt(end: number): boolean {
    if (this.open === undefined) return false;
    const { index, start } = this.open;
    if (end <= start || end > this.source.bytes.length) return false;
    this.values[index] = this.source.bytes.subarray(start, end);
    this.open = undefined;
    this.next = end;
    return true;
  }
}

function putPointed(target: RowSource, field: RowField, value: SqlValue, to: number): number {
  if (value === null) {
    if (!field.column.optional)
      throw new TypeError("a column without which there is no row is null");
    target.view.setUint32(field.place, nonePointer, true);
    return to;
  }
  if (field.fixed !== undefined) {
    target.view.setUint32(field.place, to - field.place, true);
    field.fixed.write(target, to, value);
    return to + field.fixed.sizeBytes;
  }
  const content = blobOf(value);
  if (content.length === 0) {
    target.view.setUint32(field.place, emptyPointer, true);
    return to;
  }
  target.view.setUint32(field.place, to - field.place, true);
  if (field.sized) target.view.setUint32(to, content.length, true);
  target.bytes.set(content, to + (field.sized ? pointerBytes : 0));
  return to + contentSize(field, content);
}

function contentSize(field: RowField, content: Uint8Array): number {
  if (content.length === 0) return 0;
  return content.length + (field.sized ? pointerBytes : 0);
}

function readableContent({ bytes, view }: RowSource, field: RowField): SqlValue {
  const offset = view.getUint32(field.place, true);
  if (offset === emptyPointer) return noBytes;
  const start = field.place + offset + pointerBytes;
  if (start > bytes.length) return null;
  const end = start + view.getUint32(start - pointerBytes, true);
  return end > bytes.length ? null : bytes.subarray(start, end);
}
