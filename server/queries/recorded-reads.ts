import type { KeyedRow, RowRange, RowReader } from "@kith/chain/ports";
import { equalBytes, latin1Of } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";

import { readKeysMax, readRangesMax } from "./limits.ts";
import type { Read } from "./query-outcome.ts";

type SpaceReads = {
  readonly service: AccountName;
  readonly space: number;
  /** Undefined when everything in the space counts. */
  keys: Map<string, Uint8Array> | undefined;
  ranges: Range[];
};

/** `from` inclusive, `to` exclusive. */
type Range = { readonly from: Uint8Array | undefined; readonly to: Uint8Array | undefined };

/** Reads on behalf of one query and remembers of what: the same question has the same answer until a block changes that. */
export class RecordedReads implements RowReader {
  private readonly below: RowReader;
  private readonly spaces = new Map<string, SpaceReads>();
  private readonly services = new Set<AccountName>();

  constructor(below: RowReader) {
    this.below = below;
  }

  readonly getRow: RowReader["getRow"] = (address) => {
    const { service, space, key } = address;
    const reads = this.spaceReads(service, space);
    reads.keys?.set(latin1Of(key), key);
    if (reads.keys !== undefined && reads.keys.size > readKeysMax) reads.keys = undefined;
    return this.below.getRow(address);
  };

  readonly rangeRows: RowReader["rangeRows"] = (range) => {
    const found = this.below.rangeRows(range);
    const reads = this.spaceReads(range.service, range.space);
    if (reads.keys === undefined || range.limit === 0) return found;
    addRange(reads.ranges, lookedAt(range, found));
    if (reads.ranges.length > readRangesMax) reads.keys = undefined;
    return found;
  };

  /** By SQL, which may look at any table of the service. */
  addService(service: AccountName): void {
    this.services.add(service);
  }

  all(): readonly Read[] {
    const reads: Read[] = [...this.services].map((service) => ({ service }));
    for (const { service, space, keys, ranges } of this.spaces.values()) {
      if (keys === undefined) {
        reads.push({ service, space });
        continue;
      }
      for (const key of keys.values()) reads.push({ service, space, key });
      for (const range of ranges) reads.push({ service, space, ...withoutAbsent(range) });
    }
    return reads;
  }

  private spaceReads(service: AccountName, space: number): SpaceReads {
    const name = `${service}/${space}`;
    const known = this.spaces.get(name);
    if (known !== undefined) return known;
    const reads: SpaceReads = { service, space, keys: new Map(), ranges: [] };
    this.spaces.set(name, reads);
    return reads;
  }
}

/** A range that gave as many rows as it may was read up to the last of them. */
function lookedAt({ from, to, reverse, limit }: RowRange, found: readonly KeyedRow[]): Range {
  const last = found.length < limit ? undefined : found.at(-1)?.key;
  if (last === undefined) return { from, to };
  return reverse ? { from: last, to } : { from, to: behind(last) };
}

/** Portions of one long range are one range. */
function addRange(ranges: Range[], range: Range): void {
  const last = ranges.at(-1);
  if (last?.to !== undefined && range.from !== undefined && equalBytes(last.to, range.from)) {
    ranges.splice(-1, 1, { from: last.from, to: range.to });
  } else if (
    last?.from !== undefined &&
    range.to !== undefined &&
    equalBytes(last.from, range.to)
  ) {
    ranges.splice(-1, 1, { from: range.from, to: last.to });
  } else {
    ranges.push(range);
  }
}

/** The first key behind this one. */
function behind(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

function withoutAbsent({ from, to }: Range): Pick<Read, "from" | "to"> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
