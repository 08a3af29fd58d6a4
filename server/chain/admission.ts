import { expirationSecondsMax } from "@kith/protocol/limits";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import type { TransactionError } from "./errors.ts";

/** Whether the transaction's time fits the block's; in microseconds since the Unix epoch. */
export function checkExpiration(
  { transaction }: PreparedTransaction,
  blockTime: number,
): TransactionError | undefined {
  const { expiration } = transaction.tapos;
  const blockTimeSeconds = Math.floor(blockTime / 1_000_000);
  const expirationMax = blockTimeSeconds + expirationSecondsMax;
  if (expiration < blockTimeSeconds) return { code: "expired", expiration, blockTimeSeconds };
  if (expiration > expirationMax) return { code: "expiration-too-far", expiration, expirationMax };
  if (transaction.actions.length === 0) return { code: "no-actions" };
  return undefined;
}
