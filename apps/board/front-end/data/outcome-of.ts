import type { ClientError, Done } from "@kith/sdk/client";
import type { Kith } from "@kith/sdk/connect";
import type { TransactionId } from "@kith/sdk/types";

import type { Outcome } from "./source.ts";

type Written =
  | { readonly ok: true; readonly value: Pick<Done<number | void>, "value"> }
  | { readonly ok: false; readonly error: ClientError };

type WritesOfUser = Pick<Kith, "writes" | "onWrites" | "user">;

/** What became of a write, also of one that has to wait for the network. */
export async function outcomeOf(
  kith: WritesOfUser,
  written: Written,
  onQueued: () => void,
): Promise<Outcome> {
  if (written.ok) {
    const { value } = written.value;
    return { ok: true, value: typeof value === "number" ? value : undefined };
  }
  const { error } = written;
  if (error.code === "queued") {
    onQueued();
    return endOf(kith, error.transactionId);
  }
  // The service's own words say more.
  return { ok: false, code: "reason" in error ? error.reason : error.code };
}

/** Nobody hears any more what a write gave that was sent later. */
function endOf(kith: WritesOfUser, transactionId: TransactionId): Promise<Outcome> {
  const { user } = kith;
  return new Promise((resolve) => {
    const look = (writes: Kith["writes"]): void => {
      const found = writes.find((write) => write.transactionId === transactionId);
      // What is not listed any more was over while this page slept; whoever is signed in next sees none of it.
      const isOver = found === undefined && kith.user === user;
      if (isOver || found?.state === "final") resolve({ ok: true, value: undefined });
      else if (found?.state === "failed") resolve({ ok: false, code: found.code ?? "failed" });
      else return;
      stop();
    };
    const stop = kith.onWrites(look);
    look(kith.writes);
  });
}
