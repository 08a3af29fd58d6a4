import { historyEvent, type EventDefinition } from "@kith/sdk/event";
import { keyRole, type KeyRole } from "@kith/sdk/system/auth-keys";
import { account, bool, option, str, u32, u64Number, type AccountName } from "@kith/sdk/types";
import { word } from "@kith/sdk/word";

/** All of them are indexed by account, so that its pages can warn at once. */
const options = { indexes: ["account"] } as const;

export const keyChanged: EventDefinition<{
  readonly account: AccountName;
  readonly step: "added" | "removed" | "renamed";
  readonly id: number;
  readonly role: KeyRole;
  readonly label: string;
  readonly matureAt: number;
}> = historyEvent(
  "keyChanged",
  {
    account,
    step: word("added", "removed", "renamed"),
    id: u32,
    role: keyRole,
    label: str,
    matureAt: u64Number,
  },
  { ...options, doc: "What became of one of an account's keys." },
);

export const friendsChanged: EventDefinition<{
  readonly account: AccountName;
  readonly cleared: boolean;
}> = historyEvent(
  "friendsChanged",
  { account, cleared: bool },
  { ...options, doc: "The account has other friends for its recovery, or none any more." },
);

export const recoveryChanged: EventDefinition<{
  readonly account: AccountName;
  readonly step: RecoveryStep;
  readonly by: AccountName;
  readonly label: string;
  readonly readyAt?: number;
}> = historyEvent(
  "recoveryChanged",
  {
    account,
    step: word("started", "supported", "withdrawn", "vetoed", "finished"),
    by: account,
    label: str,
    readyAt: option(u64Number),
  },
  {
    ...options,
    doc: "Friends of an account are adding a key to it; its owner can object until readyAt.",
  },
);

export type RecoveryStep = "started" | "supported" | "withdrawn" | "vetoed" | "finished";

export const sessionsEnded: EventDefinition<{
  readonly account: AccountName;
  readonly app?: AccountName;
}> = historyEvent(
  "sessionsEnded",
  { account, app: option(account) },
  {
    ...options,
    doc: "Login tokens of the account that were issued before do not count: for an app, or all.",
  },
);
