import type { Applied, ChangedRow } from "@kith/chain/ports";
import { blockNumOf } from "@kith/protocol/ids";

import { frameOf } from "./frames.ts";
import { backlogBlocksMax, changesFrameBytes } from "./limits.ts";
import { toProcessCodec, type Change } from "./messages.ts";

export type ExecutedBlock = {
  readonly applied: Applied;
  readonly changes: () => Iterable<ChangedRow>;
  /** How many there are. */
  readonly changedRows: number;
};

/** What a change takes in a frame beside its bytes, roughly. */
const changeBytes = 32;

/**
 * The blocks that the file does not have yet. A process gets those that it lacks just before a query, and not before, so
 * that a node that nobody asks does nothing for its query processes.
 */
export class BlockFeed {
  private readonly writtenNum: () => number;
  /** Consecutive, oldest first. */
  private blocks: ExecutedBlock[] = [];

  constructor(writtenNum: () => number) {
    this.writtenNum = writtenNum;
  }

  add(block: ExecutedBlock): void {
    const last = this.blocks.at(-1);
    if (last !== undefined && last.applied.num + 1 !== block.applied.num) this.blocks = [];
    this.blocks.push(block);
    this.trim();
  }

  /** What to send to a process that was sent everything up to `sentNum`; with it, it has everything that there is. */
  *framesSince(sentNum: number): Generator<Uint8Array> {
    const knownNum = Math.max(sentNum, this.writtenNum());
    const missing = this.blocks.filter(({ applied }) => applied.num > knownNum);
    const [first] = missing;
    const applied = missing.at(-1)?.applied;
    if (first === undefined || applied === undefined) return;
    const pack = (changes: readonly Change[]): Uint8Array =>
      frameOf(
        toProcessCodec.pack({
          changes: { first: blockNumOf(first.applied.num), applied, changes },
        }),
      );
    let changes: Change[] = [];
    let sizeBytes = 0;
    for (const block of missing) {
      for (const { address, row } of block.changes()) {
        changes.push(row === undefined ? address : { ...address, row });
        sizeBytes += changeBytes + address.key.length + (row?.length ?? 0);
        if (sizeBytes < changesFrameBytes) continue;
        yield pack(changes);
        changes = [];
        sizeBytes = 0;
      }
    }
    yield pack(changes);
  }

  private trim(): void {
    const written = this.writtenNum();
    let count = 0;
    for (const { applied } of this.blocks) {
      if (applied.num > written && this.blocks.length - count <= backlogBlocksMax) break;
      count++;
    }
    if (count > 0) this.blocks.splice(0, count);
  }
}
