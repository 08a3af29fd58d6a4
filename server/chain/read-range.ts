import { transferBytesMax } from "@kith/protocol/guest-abi";

import type { OnPassed, Rows } from "./overlay.ts";
import type { KeyedRow, RowRange } from "./ports.ts";

/** What reading a range took. */
export type RangeRead = {
  /** Undefined when the rows are more than one call can carry. */
  readonly rows: readonly KeyedRow[] | undefined;
  readonly bytes: number;
  /** Removed rows that were passed over. */
  readonly passed: number;
};

/**
 * A thousand rows can be a gibibyte, so they are read portion by portion, and no further than one call to a service
 * can carry.
 */
export function readRange(below: Rows, range: RowRange): RangeRead {
  const rows: KeyedRow[] = [];
  let [bytes, passed] = [0, 0];
  const onPassed: OnPassed = (more) => {
    passed += more;
  };
  let portion = { ...range, limit: Math.min(range.limit, portionRows) };
  for (;;) {
    const page = below.range(portion, onPassed);
    for (const { row } of page) bytes += row.length;
    if (bytes > transferBytesMax) return { rows: undefined, bytes, passed };
    rows.push(...page);
    const last = page.at(-1);
    const limit = Math.min(range.limit - rows.length, portionRows);
    if (last === undefined || page.length < portion.limit || limit === 0) {
      return { rows, bytes, passed };
    }
    portion = { ...portion, limit, ...beyond(last.key, range.reverse) };
  }
}

/** Everything that is in a space, portion by portion; what is read may be changed meanwhile. */
export function* rowsInSpace(
  below: Rows,
  space: Pick<RowRange, "service" | "space">,
  onPassed: OnPassed,
): Generator<KeyedRow> {
  let portion: RowRange = { ...space, reverse: false, limit: portionRows };
  for (;;) {
    const page = below.range(portion, onPassed);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < portionRows) return;
    portion = { ...portion, ...beyond(last.key, false) };
  }
}

/** The rest of a range behind a row: the next key upwards begins with its key, downwards its key is the end. */
export function beyond(key: Uint8Array, reverse: boolean): Pick<RowRange, "from" | "to"> {
  return reverse ? { to: key } : { from: Uint8Array.from([...key, 0]) };
}

const portionRows = 64;
