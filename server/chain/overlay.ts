import { keyText, spaceText, type Place } from "./place.ts";
import type { KeyedRow, RowAddress, RowRange } from "./ports.ts";
import { beyond } from "./read-range.ts";
import { SortedChanges } from "./sorted-changes.ts";

/** Rows as somebody sees them: the store, or changes on top of other rows. */
export type Rows = {
  read(place: Place): Uint8Array | undefined;
  range(range: RowRange, onPassed?: OnPassed): readonly KeyedRow[];
};

/** Is told how many rows had to be passed over because they are removed. */
export type OnPassed = (rows: number) => void;

export type Change = { readonly place: Place; readonly row: Uint8Array | undefined };

/** Changes that are not in the store yet: those of a block, or of one transaction on top of its block. */
export class Overlay implements Rows {
  private readonly below: Rows;
  private readonly spaces = new Map<string, SortedChanges>();

  constructor(below: Rows) {
    this.below = below;
  }

  read(place: Place): Uint8Array | undefined {
    const change = this.spaces.get(place.space)?.get(place.key);
    return change === undefined ? this.below.read(place) : change.row;
  }

  write(place: Place, row: Uint8Array | undefined): void {
    const space = this.spaces.get(place.space) ?? new SortedChanges();
    this.spaces.set(place.space, space);
    space.set({ place, row });
  }

  /** As much of what is below is read as is needed, however many rows were changed. */
  range(range: RowRange, onPassed?: OnPassed): readonly KeyedRow[] {
    const space = this.spaces.get(spaceText(range.service, range.space));
    if (space === undefined || range.limit === 0) return this.below.range(range, onPassed);
    const { from, to, reverse } = range;
    const changes = space.within(from && keyText(from), to && keyText(to), reverse);
    const merged: KeyedRow[] = [];
    let passed = 0;
    for (const each of inOrder(changes, rowsInTurn(this.below, range, onPassed), reverse)) {
      if (each.row === undefined) passed++;
      else merged.push({ key: each.key, row: each.row });
      if (merged.length === range.limit) break;
    }
    onPassed?.(passed);
    return merged;
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
}

type MaybeRow = { readonly key: Uint8Array; readonly row: Uint8Array | undefined };

/** Each key once: as it was changed, else as it is below. */
function* inOrder(
  changes: Iterator<Change>,
  below: Iterator<KeyedRow>,
  reverse: boolean,
): Generator<MaybeRow> {
  let change = changes.next();
  let row = below.next();
  while (change.done !== true || row.done !== true) {
    const changed = change.done === true ? undefined : change.value;
    const stored = row.done === true ? undefined : row.value;
    const order = orderOf(changed?.place.key, stored && keyText(stored.key), reverse);
    if (order <= 0 && changed !== undefined) {
      yield { key: changed.place.address.key, row: changed.row };
    } else if (stored !== undefined) {
      yield stored;
    }
    if (order <= 0) change = changes.next();
    if (order >= 0) row = below.next();
  }
}

/** Below zero when the first comes first; whatever is not there comes last. */
function orderOf(a: string | undefined, b: string | undefined, reverse: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b === reverse ? 1 : -1;
}

/** The rows of a range portion by portion: what is asked for, and more when that does not suffice. */
function* rowsInTurn(
  rows: Rows,
  range: RowRange,
  onPassed: OnPassed | undefined,
): Generator<KeyedRow> {
  let portion = range;
  for (;;) {
    const page = rows.range(portion, onPassed);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < portion.limit) return;
    const limit = Math.min(2 * portion.limit, portionRowsMax);
    portion = { ...portion, limit, ...beyond(last.key, range.reverse) };
  }
}

const portionRowsMax = 256;
