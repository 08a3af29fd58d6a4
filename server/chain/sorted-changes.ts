import type { Change } from "./overlay.ts";

/** The changes of one space by their keys; in order from the first time that somebody asks for a range. */
export class SortedChanges {
  readonly #byKey = new Map<string, Change>();
  #keys: string[] | undefined;

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Change | undefined {
    return this.#byKey.get(key);
  }

  set(change: Change): void {
    const { key } = change.place;
    const keys = this.#keys;
    if (keys !== undefined && !this.#byKey.has(key)) keys.splice(placeIn(keys, key), 0, key);
    this.#byKey.set(key, change);
  }

  /** In the order in which the rows were first written. */
  values(): MapIterator<Change> {
    return this.#byKey.values();
  }

  /** From `from` on and before `to`; nothing is looked at before it is asked for. */
  *within(from: string | undefined, to: string | undefined, reverse: boolean): Generator<Change> {
    const keys = (this.#keys ??= [...this.#byKey.keys()].toSorted(compareTexts));
    const first = from === undefined ? 0 : placeIn(keys, from);
    const end = to === undefined ? keys.length : Math.max(first, placeIn(keys, to));
    for (let i = first; i < end; i++) {
      const change = this.#byKey.get(keys[reverse ? first + end - 1 - i : i] ?? "");
      if (change !== undefined) yield change;
    }
  }
}

/** Where the key is, or would be. */
function placeIn(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : 1;
}
