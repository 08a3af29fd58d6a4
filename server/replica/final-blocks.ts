import type { SealedBlock } from "@kith/protocol/block";
import type { BlockNum } from "@kith/protocol/ids";

import type { PersistEffect } from "./core.ts";
import { pendingBlocksMax } from "./limits.ts";
import type { LogPort } from "./ports.ts";

type FinalPorts = {
  readonly log: Pick<LogPort, "readBlock">;
  /** Final for certain at the start. */
  readonly finalNum: BlockNum;
  /** It is needed now, and cannot be read. */
  readonly onDamaged: (num: BlockNum) => void;
  readonly onMissing: (num: BlockNum) => void;
};

/** How far the log is final, and its blocks for execution: from memory while they are new, else from the disk. */
export class FinalBlocks {
  readonly #ports: FinalPorts;
  /** Blocks that are not executed yet, by height. */
  readonly #pending = new Map<BlockNum, SealedBlock>();
  #num: BlockNum;

  constructor(ports: FinalPorts) {
    this.#ports = ports;
    this.#num = ports.finalNum;
  }

  /** Everything up to this height is final. */
  get num(): BlockNum {
    return this.#num;
  }

  /** The log takes these, and forgets others. */
  note({ keepNum, blocks }: Pick<PersistEffect, "keepNum" | "blocks">): void {
    if (keepNum !== undefined) {
      for (const num of this.#pending.keys()) if (num > keepNum) this.#pending.delete(num);
    }
    for (const block of blocks) {
      if (this.#pending.size < pendingBlocksMax) this.#pending.set(block.header.blockNum, block);
    }
  }

  commit(num: BlockNum): void {
    this.#num = num;
  }

  onExecuted(num: BlockNum): void {
    this.#pending.delete(num);
  }

  /** A snapshot has brought the state of this block; the log may be final further than that. */
  onSnapshot(num: BlockNum): void {
    this.#pending.clear();
    if (num > this.#num) this.#num = num;
  }

  /** Undefined while the block is being repaired. */
  at(num: BlockNum): SealedBlock | undefined {
    const pending = this.#pending.get(num);
    if (pending !== undefined) return pending;
    const read = this.#ports.log.readBlock(num);
    if (read.kind === "found") return read.block;
    if (read.kind === "absent") this.#ports.onMissing(num);
    else this.#ports.onDamaged(num);
    return undefined;
  }
}
