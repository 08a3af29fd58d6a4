import { historyEvent, merkleEvent } from "@kith/sdk/event";
import { account, str, u32, u64, variant, object } from "@kith/sdk/types";

const none = object({});

export const configured = historyEvent(
  "configured",
  { tokenId: u32, by: account, change: str },
  { indexes: ["tokenId"], doc: "A token was created, or its issuer changed something about it." },
);

/** What a change of supply was. */
const supplyCause = variant({ minted: none, burned: none, recalled: account });
export const supplyChanged = historyEvent(
  "supplyChanged",
  { tokenId: u32, by: account, cause: supplyCause, amount: u64, memo: str },
  { indexes: ["tokenId"] },
);

export const balanceChanged = historyEvent(
  "balanceChanged",
  { tokenId: u32, account, counterparty: account, change: str, amount: u64, memo: str },
  {
    indexes: ["account", "counterparty"],
    doc: "credited, uncredited, debited, rejected, burned, recalled, toSub or fromSub.",
  },
);

export const transferred = merkleEvent(
  "transferred",
  { tokenId: u32, from: account, to: account, amount: u64, memo: str },
  {
    indexes: ["from", "to"],
    doc: "Tokens arrived: the receiver can prove it to whoever knows the network.",
  },
);
