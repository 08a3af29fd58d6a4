import { compareBytes } from "@kith/protocol/hashes";

import type { KeyedRow, RowRange } from "../state-store.ts";
import type { TypedTable } from "./typed-table.ts";

/** The rows of one space, in whatever form the file has them. */
export type SpaceRows = {
  get(key: Uint8Array): Uint8Array | undefined;
  put(key: Uint8Array, row: Uint8Array): void;
  /** Many rows at once, which is quicker. */
  putAll(rows: readonly KeyedRow[]): void;
  remove(key: Uint8Array): void;
  range(range: KeyRange): readonly KeyedRow[];
  isEmpty(): boolean;
};

/** A range within one table. */
export type KeyRange = Omit<RowRange, "service" | "space">;

/** The space of a declared table's index 0 has its rows; those of its other indexes follow from them. */
export function spaceOf(table: TypedTable, index: number): SpaceRows {
  if (index === 0) {
    return {
      get: (key) => table.get(key),
      put: (key, row) => table.put(key, row),
      putAll: (rows) => table.putAll(rows),
      remove: (key) => table.remove(key),
      range: (range) => table.range(0, range),
      isEmpty: () => table.isEmpty(),
    };
  }
  const isDeclared = index < table.rows.indexKeys.length;
  const range = (wanted: KeyRange): readonly KeyedRow[] => table.range(index, wanted);
  return {
    get: (key) => {
      const [found] = range({ from: key, reverse: false, limit: 1 });
      return found !== undefined && compareBytes(found.key, key) === 0 ? found.row : undefined;
    },
    put: () => undefined,
    putAll: () => undefined,
    remove: () => undefined,
    range,
    isEmpty: () => !isDeclared || table.isEmpty(),
  };
}
