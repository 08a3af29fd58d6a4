import type { BlockNum } from "@kith/protocol/ids";

import { appliedRecordsMax } from "./limits.ts";
import type { Applied } from "./state-store.ts";
import type { Undo } from "./undo-log.ts";

/** The last applied heights and the roots after each. */
export class AppliedHistory {
  private records = new Map<BlockNum, Applied>();
  private newest: Applied | undefined;

  get last(): Applied | undefined {
    return this.newest;
  }

  at(num: BlockNum): Applied | undefined {
    return this.records.get(num);
  }

  remember(applied: Applied): void {
    this.newest = applied;
    this.records.delete(applied.num);
    this.records.set(applied.num, applied);
    for (const num of this.records.keys()) {
      if (this.records.size <= appliedRecordsMax) break;
      this.records.delete(num);
    }
  }

  clear(): Undo {
    const before = { records: this.records, newest: this.newest };
    this.records = new Map();
    this.newest = undefined;
    return () => {
      this.records = before.records;
      this.newest = before.newest;
    };
  }
}
