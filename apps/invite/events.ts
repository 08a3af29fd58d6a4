import { historyEvent } from "@kith/sdk/event";
import { account, bool } from "@kith/sdk/types";
import { word } from "@kith/sdk/word";

export const inviteChanged = historyEvent(
  "inviteChanged",
  { inviter: account, app: account, step: word("made", "revoked", "used-up") },
  { indexes: ["inviter", "app"], doc: "What became of an invite." },
);

export const accepted = historyEvent(
  "accepted",
  { account, app: account, inviter: account, isNew: bool },
  { indexes: ["account", "app", "inviter"], doc: "Somebody came by an invite." },
);
