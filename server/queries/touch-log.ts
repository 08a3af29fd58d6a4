import type { ChangedRow } from "@kith/chain/ports";
import { latin1Of } from "@kith/protocol/hashes";

import { touchedRowsMax, touchedSpacesMax, untoldBlocksMax, untoldRowsMax } from "./limits.ts";
import type { Read, RecordedAnswer } from "./query-outcome.ts";

type Block = {
  readonly num: number;
  readonly changes: () => Iterable<ChangedRow>;
  readonly changedRows: number;
};

/** What blocks have touched lately, so that it can be said whether an answer is still what it was. */
export class TouchLog {
  /** Blocks that nobody has asked about yet: a node that answers no queries does not look into them. */
  private untold: Block[] = [];
  private untoldRows = 0;
  private newestNum = 0;
  /** Before this height nothing is known: every row may have been touched. */
  private knownFrom = 0;
  private readonly services = new Map<string, number>();
  private readonly spaces = new Map<string, number>();
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  /** Single rows are known from here on; before it, only their spaces. */
  private rowsKnownFrom = 0;
  private youngSince = 0;

  add(block: Block): void {
    if (block.num !== this.newestNum + 1) this.forget(block.num);
    this.newestNum = block.num;
    this.untold.push(block);
    this.untoldRows += block.changedRows;
    const isMuch = this.untoldRows > untoldRowsMax || this.untold.length > untoldBlocksMax;
    if (isMuch) this.forget(block.num);
  }

  /** Whether a query at the newest height would read what this answer was made from. */
  isCurrent(answered: RecordedAnswer, newestNum: number): boolean {
    if (answered.num === newestNum) return true;
    if (answered.usesContext || newestNum !== this.newestNum) return false;
    this.look();
    if (answered.num < this.knownFrom) return false;
    return answered.reads.every((read) => this.touchedAt(read) <= answered.num);
  }

  /** After something else than blocks has changed the state. */
  private forget(num: number): void {
    this.untold = [];
    this.untoldRows = 0;
    this.newestNum = num;
    this.knownFrom = num;
  }

  /** The newest height at which this may have been touched. */
  private touchedAt({ service, space, key }: Read): number {
    if (space === undefined) return this.services.get(service) ?? 0;
    const name = `${service}/${space}`;
    const num = this.spaces.get(name) ?? 0;
    if (key === undefined || num < this.rowsKnownFrom) return num;
    const row = `${name}/${latin1Of(key)}`;
    return this.young.get(row) ?? this.old.get(row) ?? Math.max(0, this.rowsKnownFrom - 1);
  }

  private look(): void {
    for (const { num, changes } of this.untold) {
      for (const { address } of changes()) {
        const name = `${address.service}/${address.space}`;
        this.services.set(address.service, num);
        this.spaces.set(name, num);
        this.young.set(`${name}/${latin1Of(address.key)}`, num);
      }
      if (this.young.size > touchedRowsMax / 2) {
        this.old = this.young;
        this.young = new Map();
        this.rowsKnownFrom = this.youngSince;
        this.youngSince = num + 1;
      }
    }
    this.untold = [];
    this.untoldRows = 0;
    if (this.spaces.size <= touchedSpacesMax) return;
    this.services.clear();
    this.spaces.clear();
    this.knownFrom = this.newestNum;
  }
}
