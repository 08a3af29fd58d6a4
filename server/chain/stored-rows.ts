import { cachedRowBytesMax, rowsCachedMax } from "./limits.ts";
import type { Change, Rows } from "./overlay.ts";
import type { Place } from "./place.ts";
import type { KeyedRow, RowRange, StateStore } from "./ports.ts";
import { TwoGenerations } from "./two-generations.ts";

const absent = Symbol("absent");

/** The rows of the last final block, with the hot ones in memory. The chain is the only writer, so they stay right. */
export class StoredRows implements Rows {
  private readonly state: StateStore;
  private readonly hot = new TwoGenerations<string, Uint8Array | typeof absent>(rowsCachedMax);

  constructor(state: StateStore) {
    this.state = state;
  }

  read(place: Place): Uint8Array | undefined {
    const name = nameOf(place);
    const known = this.hot.get(name);
    if (known !== undefined) return known === absent ? undefined : known;
    const row = this.state.getRow(place.address);
    this.keep(name, row);
    return row;
  }

  range(range: RowRange): readonly KeyedRow[] {
    return this.state.rangeRows(range);
  }

  write({ place, row }: Change): void {
    if (row === undefined) this.state.removeRow(place.address);
    else this.state.putRow(place.address, row);
    this.keep(nameOf(place), row);
  }

  /** Forgets what is in memory, after the store went back to an earlier state. */
  reset(): void {
    this.hot.clear();
  }

  private keep(name: string, row: Uint8Array | undefined): void {
    if (row === undefined || row.length <= cachedRowBytesMax) this.hot.set(name, row ?? absent);
    else this.hot.delete(name);
  }
}

function nameOf(place: Place): string {
  return `${place.space}/${place.key}`;
}
