import type { BlockHeader } from "@kith/protocol/block";
import { consensusAfter, type ConsensusPoint } from "@kith/protocol/consensus-point";

type Entry = { readonly num: number; readonly point: ConsensusPoint };

/**
 * The rules after each block, as the blocks themselves say them. Because it follows the log, dropping a block that
 * carries a change also undoes the change.
 */
export class ConsensusLog {
  /** Ascending; the first holds for everything before the second. */
  #entries: Entry[];

  constructor(num: number, point: ConsensusPoint) {
    this.#entries = [{ num, point }];
  }

  /** The rules after the newest block. */
  get point(): ConsensusPoint {
    return this.#last().point;
  }

  /** The rules after the newest final block and all that follow them in the log, oldest first. */
  points(): readonly ConsensusPoint[] {
    return this.#entries.map(({ point }) => point);
  }

  /** The rules after the block of this height, which is the newest final one or one behind it. */
  pointAt(num: number): ConsensusPoint {
    const entry = this.#entries.findLast((each) => each.num <= num) ?? this.#entries[0];
    return entry === undefined ? this.point : entry.point;
  }

  /** Whether the block changed the rules. */
  append(header: BlockHeader): boolean {
    const point = consensusAfter(this.point, header);
    if (point === this.point) return false;
    this.#entries.push({ num: header.blockNum, point });
    return true;
  }

  truncate(keepNum: number): boolean {
    const length = this.#entries.length;
    while (this.#entries.length > 1 && this.#last().num > keepNum) this.#entries.pop();
    return this.#entries.length !== length;
  }

  /** Nothing at or below `num` can be dropped any more. Whether that left rules behind. */
  settle(num: number): boolean {
    const { length } = this.#entries;
    while ((this.#entries[1]?.num ?? Number.POSITIVE_INFINITY) <= num) this.#entries.shift();
    return this.#entries.length !== length;
  }

  #last(): Entry {
    const last = this.#entries.at(-1);
    if (last === undefined) throw new Error("the first entry is never removed");
    return last;
  }
}
