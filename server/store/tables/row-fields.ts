import type { Column, TableColumns } from "@kith/protocol/table-columns";

import { fixedValueOf, type FixedValue } from "./fixed-values.ts";

/**
 * Where the fields of a row are. Rows are fracpack Objects: the size of the fixed area in 16 bits, the area, and then
 * what its pointers lead to, in the order of the fields. A pointer is counted from its own place; 0 stands for an
 * empty list or text, 1 for an option without a value.
 */
export type RowField = {
  readonly column: Column;
  /** From the start of the row. */
  readonly place: number;
  readonly end: number;
  /** The place holds the value itself. */
  readonly inline: boolean;
  /** For a value of fixed size, whether it is in place or pointed to. */
  readonly fixed: FixedValue | undefined;
  /** Content behind its size in 32 bits: texts and byte strings. */
  readonly sized: boolean;
};

export const sizeBytes = 2;
export const pointerBytes = 4;

export function rowFieldsOf({ columns }: TableColumns): readonly RowField[] {
  let place = sizeBytes;
  return columns.map((column) => {
    const fixed = fixedValueOf(column.type);
    const inline = fixed !== undefined && !column.optional;
    const at = place;
    place += inline ? fixed.sizeBytes : pointerBytes;
    const sized =
      fixed === undefined && (column.type.kind === "text" || column.type.kind === "bytes");
    return { column, place: at, end: place, inline, fixed, sized };
  });
}
