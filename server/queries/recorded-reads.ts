import type { RowReader } from "@kith/chain/ports";
import { latin1Of } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";

import { readKeysMax } from "./limits.ts";
import type { Read } from "./query-outcome.ts";

type SpaceReads = {
  readonly service: AccountName;
  readonly space: number;
  /** Undefined when everything in the space counts. */
  keys: Map<string, Uint8Array> | undefined;
};

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
    this.spaceReads(range.service, range.space).keys = undefined;
    return this.below.rangeRows(range);
  };

  /** By SQL, which may look at any table of the service. */
  addService(service: AccountName): void {
    this.services.add(service);
  }

  all(): readonly Read[] {
    const reads: Read[] = [...this.services].map((service) => ({ service }));
    for (const { service, space, keys } of this.spaces.values()) {
      if (keys === undefined) reads.push({ service, space });
      else for (const key of keys.values()) reads.push({ service, space, key });
    }
    return reads;
  }

  private spaceReads(service: AccountName, space: number): SpaceReads {
    const name = `${service}/${space}`;
    const known = this.spaces.get(name);
    if (known !== undefined) return known;
    const reads: SpaceReads = { service, space, keys: new Map() };
    this.spaces.set(name, reads);
    return reads;
  }
}
