import type { KeyedRow, RowRange } from "./state-store.ts";

const rowsPerTurn = 256;

/** The rows of a range, read as they are asked for. */
export function* rowsInTurn(
  range: RowRange,
  read: (range: RowRange) => readonly KeyedRow[],
): Generator<KeyedRow> {
  let left: RowRange = { ...range, limit: Math.min(range.limit, rowsPerTurn) };
  for (;;) {
    const rows = read(left);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < left.limit) return;
    left = { ...left, ...(range.reverse ? { to: last.key } : { from: after(last.key) }) };
  }
}

/** The first key that is greater. */
function after(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
