import type { Kith } from "@kith/sdk/connect";

import type { UnsentWrite } from "./source.ts";

/** Of all apps' writes those that the network does not have, the oldest first. */
export function unsentOf(writes: Kith["writes"]): readonly UnsentWrite[] {
  return writes
    .filter(({ state }) => state !== "final")
    .map(({ transactionId, app, state, signedAt, actions, canRetry, code, message }) => ({
      id: transactionId,
      app,
      canRetry,
      title: actions.map(titleOf).join(", "),
      at: signedAt / 1000,
      state: state === "failed" || state === "queued" ? state : "sending",
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
    }));
}

/** `auth-keys::setFriends` reads as "set friends". */
function titleOf(action: string): string {
  const method = action.slice(action.lastIndexOf(":") + 1);
  return method.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
