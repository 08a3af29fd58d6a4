import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";

import { blocksResponseBytesMax } from "./limits.ts";
import type { LogPort } from "./ports.ts";

/** Blocks of the log from `first` to `last`, as many as one message should carry; ends before one that is unreadable. */
export function storedBlocks(log: LogPort, first: BlockNum, last: BlockNum): SealedBlock[] {
  const blocks: SealedBlock[] = [];
  let bytes = 0;
  for (let num = first; num <= last; num = blockNumOf(num + 1)) {
    const read = log.readBlock(num);
    if (read.kind !== "found") break;
    bytes += read.block.bytes.length;
    if (blocks.length > 0 && bytes > blocksResponseBytesMax) break;
    blocks.push(read.block);
  }
  return blocks;
}
