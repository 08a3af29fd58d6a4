import type { SealedBlock } from "@kith/protocol/block";
import type { BlockNum } from "@kith/protocol/ids";

import { cachedBlockBytesMax, cachedBlocksMax } from "./limits.ts";

/** The newest blocks. */
export class BlockCache {
  private readonly blocks = new Map<BlockNum, SealedBlock>();
  private sizeBytes = 0;

  get(num: BlockNum): SealedBlock | undefined {
    return this.blocks.get(num);
  }

  /** A block that was just given to the log. */
  append(block: SealedBlock): void {
    const num = block.header.blockNum;
    this.delete(num);
    this.blocks.set(num, block);
    this.sizeBytes += block.bytes.length;
  }

  delete(num: BlockNum): void {
    const block = this.blocks.get(num);
    if (block === undefined) return;
    this.blocks.delete(num);
    this.sizeBytes -= block.bytes.length;
  }

  truncateAfter(last: BlockNum): void {
    for (const num of this.blocks.keys()) if (num > last) this.delete(num);
  }

  dropBefore(first: BlockNum): void {
    for (const num of this.blocks.keys()) if (num < first) this.delete(num);
  }

  clear(): void {
    this.blocks.clear();
    this.sizeBytes = 0;
  }

  /** Once everything is in the file, what is old may go. */
  trim(): void {
    for (const num of this.blocks.keys()) {
      if (this.blocks.size <= cachedBlocksMax && this.sizeBytes <= cachedBlockBytesMax) break;
      this.delete(num);
    }
  }
}
