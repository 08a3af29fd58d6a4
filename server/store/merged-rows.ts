import { compareBytes } from "@kith/protocol/hashes";

import type { RowChange } from "./pending-table.ts";
import type { KeyedRow } from "./state-store.ts";

/**
 * Layers of rows as one, in their common order: of several with the same key the one of the first layer counts, and
 * a row that is gone there hides those below.
 */
export function mergedRows(
  layers: readonly Iterator<RowChange>[],
  { reverse, limit }: { readonly reverse: boolean; readonly limit: number },
): readonly KeyedRow[] {
  const merged: KeyedRow[] = [];
  const heads = layers.map(nextOf);
  while (merged.length < limit) {
    const first = firstOf(heads, reverse);
    if (first === undefined) return merged;
    if (first.row !== undefined) merged.push({ key: first.key, row: first.row });
    for (const [at, head] of heads.entries()) {
      const layer = layers[at];
      if (head === undefined || layer === undefined) continue;
      if (compareBytes(head.key, first.key) === 0) heads[at] = nextOf(layer);
    }
  }
  return merged;
}

function nextOf(layer: Iterator<RowChange>): RowChange | undefined {
  const next = layer.next();
  return next.done === true ? undefined : next.value;
}

function firstOf(
  heads: readonly (RowChange | undefined)[],
  reverse: boolean,
): RowChange | undefined {
  let first: RowChange | undefined;
  for (const head of heads) {
    if (head === undefined) continue;
    const order = first === undefined ? -1 : compareBytes(head.key, first.key);
    if (first === undefined || (reverse ? order > 0 : order < 0)) first = head;
  }
  return first;
}
