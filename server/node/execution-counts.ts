import type { BlockResult } from "@kith/chain/apply-block";

/** What this process has done, for those who measure it. */
type ExecutionCounts = {
  transactionsExecuted: number;
  transactionsFailed: number;
  blocksExecuted: number;
  elections: number;
};

export function noExecutions(): ExecutionCounts {
  return { transactionsExecuted: 0, transactionsFailed: 0, blocksExecuted: 0, elections: 0 };
}

export function countBlock(counts: ExecutionCounts, { receipts }: BlockResult): void {
  counts.blocksExecuted++;
  counts.transactionsExecuted += receipts.length;
  for (const { failure } of receipts) if (failure !== undefined) counts.transactionsFailed++;
}
