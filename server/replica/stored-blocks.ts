import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { blocksResponseBytesMax } from "./limits.ts";
import type { LogPort } from "./ports.ts";

/** Blocks of the log from `first` to `last`, as many as one message should carry; ends before one that is unreadable. */
export function storedBlocks(
  log: Pick<LogPort, "readBlock">,
  first: BlockNum,
  last: BlockNum,
): SealedBlock[] {
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

type SendStored = Extract<ConsensusEffect, { kind: "send-stored" }>;
type Append = Extract<NodeMessage, { kind: "append" }>;

/** What the core would send of its own memory; undefined when the first of the blocks is unreadable. */
export function storedAppend(
  log: Pick<LogPort, "readBlock">,
  { firstNum, lastNum, term, commitNum, round }: SendStored,
): Append | undefined {
  const blocks = storedBlocks(log, firstNum, lastNum);
  const [first] = blocks;
  if (first === undefined) return undefined;
  const previousNum = blockNumOf(firstNum - 1);
  const previousId = first.header.previous;
  return { kind: "append", term, previousNum, previousId, blocks, commitNum, round };
}
