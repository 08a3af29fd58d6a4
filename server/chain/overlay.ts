import { keyText, spaceText, type Place } from "./place.ts";
import type { KeyedRow, RowAddress, RowRange } from "./ports.ts";

/** Rows as somebody sees them: the store, or changes on top of other rows. */
export type Rows = {
  read(place: Place): Uint8Array | undefined;
  range(range: RowRange): readonly KeyedRow[];
};

export type Change = { readonly place: Place; readonly row: Uint8Array | undefined };

/** Changes that are not in the store yet: those of a block, or of one transaction on top of its block. */
export class Overlay implements Rows {
  private readonly below: Rows;
  private readonly spaces = new Map<string, Map<string, Change>>();

  constructor(below: Rows) {
    this.below = below;
  }

  read(place: Place): Uint8Array | undefined {
    const change = this.spaces.get(place.space)?.get(place.key);
    return change === undefined ? this.below.read(place) : change.row;
  }

  write(place: Place, row: Uint8Array | undefined): void {
    const space = this.spaces.get(place.space);
    if (space === undefined) this.spaces.set(place.space, new Map([[place.key, { place, row }]]));
    else space.set(place.key, { place, row });
  }

  range(range: RowRange): readonly KeyedRow[] {
    const changes = this.changesIn(range);
    if (changes.length === 0) return this.below.range(range);
    const below = this.below.range({ ...range, limit: range.limit + changes.length });
    return merge(below, changes, range);
  }

  /** How many rows are changed. */
  get size(): number {
    let size = 0;
    for (const space of this.spaces.values()) size += space.size;
    return size;
  }

  /** Every changed row, in the order in which rows were first written. */
  *changes(): Generator<Change> {
    for (const space of this.spaces.values()) yield* space.values();
  }

  /** Every space with a changed row. */
  *changedSpaces(): Generator<Pick<RowAddress, "service" | "space">> {
    for (const space of this.spaces.values()) {
      for (const { place } of space.values()) {
        yield { service: place.address.service, space: place.address.space };
        break;
      }
    }
  }

  /** Puts these changes on top of another overlay. */
  applyTo(target: Overlay): void {
    for (const change of this.changes()) target.write(change.place, change.row);
  }

  private changesIn(range: RowRange): readonly Change[] {
    const space = this.spaces.get(spaceText(range.service, range.space));
    if (space === undefined) return [];
    const from = range.from === undefined ? "" : keyText(range.from);
    const to = range.to === undefined ? undefined : keyText(range.to);
    const within: Change[] = [];
    for (const change of space.values()) {
      const { key } = change.place;
      if (key >= from && (to === undefined || key < to)) within.push(change);
    }
    return within.toSorted(range.reverse ? descending : ascending);
  }
}

function ascending(a: Change, b: Change): number {
  return a.place.key < b.place.key ? -1 : 1;
}

function descending(a: Change, b: Change): number {
  return ascending(b, a);
}

function merge(
  below: readonly KeyedRow[],
  changes: readonly Change[],
  range: RowRange,
): readonly KeyedRow[] {
  const merged: KeyedRow[] = [];
  let next = 0;
  const take = (change: Change): void => {
    if (change.row !== undefined) merged.push({ key: change.place.address.key, row: change.row });
  };
  for (const row of below) {
    const key = keyText(row.key);
    let change = changes[next];
    while (
      change !== undefined &&
      (range.reverse ? change.place.key > key : change.place.key < key)
    ) {
      take(change);
      change = changes[++next];
    }
    if (change?.place.key === key) {
      take(change);
      next++;
    } else {
      merged.push(row);
    }
  }
  for (const change of changes.slice(next)) take(change);
  return merged.slice(0, range.limit);
}
