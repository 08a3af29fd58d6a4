import type { Kith } from "@kith/sdk/connect";
import { writtenActions, type WrittenAction } from "@kith/sdk/written-actions";

import { boardInterface } from "../../interface.ts";
import type { SentWrite, Write } from "./source.ts";

type Written = Kith["writes"][number];

/** Of the writes that the network does not have, those of other pages, the oldest first. */
export function leftWrites(writes: Kith["writes"]): readonly SentWrite[] {
  return writes
    .filter(({ isOfThisPage, state }) => !isOfThisPage && state !== "final")
    .flatMap(leftOf);
}

function leftOf(written: Written): readonly SentWrite[] {
  const [action] = writtenActions(written, boardInterface);
  const write = action === undefined ? undefined : writeOf(action);
  if (write === undefined) return [];
  const { transactionId: id, signedAt, state, code } = written;
  const left = { id, write, at: signedAt / 1000, ...(code === undefined ? {} : { code }) };
  return [{ ...left, state: state === "failed" || state === "queued" ? state : "sending" }];
}

/** What `writeWith` has made the action of; undefined for what pages do not show. */
function writeOf(action: WrittenAction<(typeof boardInterface)["actions"]>): Write | undefined {
  switch (action.name) {
    case "startThread":
      return { kind: "start", ...action.args };
    case "reply":
      return { kind: "reply", ...action.args };
    case "edit":
      return { kind: "edit", ...action.args };
    case "react":
    case "unreact": {
      const { kind: reaction, ...place } = action.args;
      return { kind: action.name, reaction, ...place };
    }
    case "lock":
    case "pin": {
      const { thread, enabled } = action.args;
      return { kind: action.name, thread, enabled };
    }
    case "hidePost": {
      const { thread, number, enabled } = action.args;
      return { kind: "hide-post", thread, number, enabled };
    }
    case "hideThread":
    case "ban":
    case "unban":
    case "appoint":
    case "dismiss":
      return undefined;
  }
}
