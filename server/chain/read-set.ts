import type { AccountName } from "@kith/protocol/ids";

import { readIntervalsMax } from "./limits.ts";
import type { Rows } from "./overlay.ts";
import { keyText, spaceText } from "./place.ts";
import type { KeyedRow, RowAddress, RowRange } from "./ports.ts";

/** Keys as texts, one character a byte; `to` is exclusive, undefined is the end. */
type Interval = { readonly from: string; readonly to: string | undefined };

/**
 * What an answer was made from: if no block touches any of it, the same question gets the same answer. Keys that were
 * looked for and are not there count, and so do the gaps of a range.
 */
export class ReadSet {
  /** The answer also depends on the block's number or time. */
  everyBlock = false;
  private readonly spaces = new Map<string, Interval[] | "whole">();
  private readonly eventful = new Set<string>();
  private readonly services = new Set<string>();

  addRow({ service, space, key }: RowAddress): void {
    const from = keyText(key);
    this.add(spaceText(service, space), { from, to: `${from}\0` });
  }

  /** A range that gave as many rows as it may ends behind the last of them. */
  addRange(range: RowRange, found: readonly KeyedRow[]): void {
    const last = found.length < range.limit ? undefined : found.at(-1)?.key;
    const from = range.from === undefined ? "" : keyText(range.from);
    const to = range.to === undefined ? undefined : keyText(range.to);
    const end = last === undefined ? undefined : keyText(last);
    const interval =
      end === undefined
        ? { from, to }
        : range.reverse
          ? { from: end, to }
          : { from, to: `${end}\0` };
    if (range.limit > 0) this.add(spaceText(range.service, range.space), interval);
  }

  /** Any row of this service may have been read. */
  addService(service: AccountName): void {
    this.services.add(service);
  }

  /** The answer was made from the events of this service. */
  addEvents(service: AccountName): void {
    this.eventful.add(service);
  }

  readsEventsOf(service: AccountName): boolean {
    return this.eventful.has(service);
  }

  has({ service, space, key }: RowAddress): boolean {
    if (this.services.has(service)) return true;
    const intervals = this.spaces.get(spaceText(service, space));
    if (intervals === undefined) return false;
    if (intervals === "whole") return true;
    const at = keyText(key);
    return intervals.some(({ from, to }) => at >= from && (to === undefined || at < to));
  }

  private add(space: string, interval: Interval): void {
    const known = this.spaces.get(space);
    if (known === "whole") return;
    if (known === undefined) this.spaces.set(space, [interval]);
    else if (known.length < readIntervalsMax) known.push(interval);
    else this.spaces.set(space, "whole");
  }
}

/** The same rows, with a note of what was looked at. */
export function recordReads(rows: Rows, reads: ReadSet): Rows {
  return {
    read(place) {
      reads.addRow(place.address);
      return rows.read(place);
    },
    range(range) {
      const found = rows.range(range);
      reads.addRange(range, found);
      return found;
    },
  };
}
