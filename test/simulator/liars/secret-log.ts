import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, termOf, type BlockNum } from "@kith/protocol/ids";
import type { BlockRead, ClockPort, LogBatch, LogPort } from "@kith/replica/ports";

import {
  applyBatch,
  blockAt,
  dropBlocks,
  lastNum,
  startAgainAt,
  type LogImage,
} from "../log-image.ts";

const syncMs = 1;

/** Where a liar keeps what it pretends to be bound by: nothing is ever lost, and no oracle looks at it. */
export class SecretLog implements LogPort {
  readonly #image: LogImage = { ballot: { term: termOf(0) }, firstNum: 1, blocks: [] };
  readonly #clock: Pick<ClockPort, "after">;

  /** The clock of the process that runs now. */
  constructor(clock: Pick<ClockPort, "after">, kept: SecretLog | SealedBlock) {
    this.#clock = clock;
    if (kept instanceof SecretLog) this.#image = kept.#image;
    else this.#image.blocks.push(kept);
  }

  ballot(): LogImage["ballot"] {
    return this.#image.ballot;
  }

  range(): ReturnType<LogPort["range"]> {
    const { blocks, firstNum } = this.#image;
    if (blocks.length === 0) return undefined;
    return { first: blockNumOf(firstNum), last: blockNumOf(lastNum(this.#image)) };
  }

  readBlock(num: BlockNum): BlockRead {
    const block = blockAt(this.#image, num);
    return block === undefined ? { kind: "absent" } : { kind: "found", block };
  }

  blockRef(num: BlockNum): ReturnType<LogPort["blockRef"]> {
    const block = blockAt(this.#image, num);
    return block && { id: block.id, term: block.header.term };
  }

  persist(batch: LogBatch, done: () => void): void {
    applyBatch(this.#image, batch);
    this.#clock.after(syncMs, done);
  }

  repairBlock(_block: SealedBlock, done: () => void): void {
    this.#clock.after(syncMs, done);
  }

  restartAt(block: SealedBlock, done: () => void): void {
    startAgainAt(this.#image, block);
    this.#clock.after(syncMs, done);
  }

  dropBefore(first: BlockNum): void {
    dropBlocks(this.#image, first);
  }

  scrub(): readonly BlockNum[] {
    return [];
  }
}
