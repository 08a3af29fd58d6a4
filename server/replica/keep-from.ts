import type { SealedBlock } from "@kith/protocol/block";

import type { LogPort } from "./ports.ts";

/** The state after the block has come from elsewhere: what was before it in the log goes, and with it what was lost there. */
export function keepFrom(log: LogPort, block: SealedBlock, done: () => void): void {
  const { blockNum } = block.header;
  log.dropBefore(blockNum);
  if (log.readBlock(blockNum).kind === "found") done();
  else log.repairBlock(block, done);
}
