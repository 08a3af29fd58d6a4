import type { Kith } from "@kith/sdk/connect";
import type { AccountName } from "@kith/sdk/types";

import type { UnsentWrite } from "./source.ts";

/** Of an app's writes those that the network does not have, the oldest first. */
export function unsentOf(app: AccountName, writes: Kith["writes"]): readonly UnsentWrite[] {
  return writes
    .filter(({ state }) => state !== "final")
    .map(({ transactionId, state, signedAt, actions, code }) => ({
      id: transactionId,
      app,
      title: actions.map(titleOf).join(", "),
      at: signedAt / 1000,
      state: state === "failed" || state === "queued" ? state : "sending",
      ...(code === undefined ? {} : { code }),
    }));
}

/** `auth-keys::setFriends` reads as "set friends". */
function titleOf(action: string): string {
  const method = action.slice(action.lastIndexOf(":") + 1);
  return method.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
