import { blockTransactionsMax } from "@kith/protocol/limits";

import type { ConsensusConfig } from "../core/config.ts";

/** Whether these transactions go into one block; the driver asks the same when it fills one. */
export function blockFits(
  config: Pick<ConsensusConfig, "blockBytesMax">,
  transactions: readonly Uint8Array[],
): boolean {
  if (transactions.length > blockTransactionsMax) return false;
  let bytes = blockFrameBytes;
  for (const transaction of transactions) bytes += transaction.length + transactionFrameBytes;
  return bytes <= config.blockBytesMax;
}

/** Room for the header, with the largest change of producers, and for what fracpack puts around the transactions. */
const blockFrameBytes = 32 * 1024;
const transactionFrameBytes = 8;
