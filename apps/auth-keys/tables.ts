import { claimCodec } from "@kith/sdk/claims";
import { keyRole, type AccountKey } from "@kith/sdk/system/auth-keys";
import { table, type Table } from "@kith/sdk/table";
import {
  account,
  checksum,
  list,
  option,
  str,
  u16,
  u32,
  u64Number,
  type AccountName,
  type Checksum,
} from "@kith/sdk/types";

type Claim = AccountKey["claim"];

export type KeyRow = AccountKey & { readonly account: AccountName; readonly digest: Checksum };

/** By the claim's digest, so that whether a transaction proves one of an account's keys is one lookup for each claim. */
export const keys: Table<KeyRow, "account" | "digest", "byClaim"> = table(
  "keys",
  {
    account,
    digest: checksum,
    id: u32,
    claim: claimCodec,
    role: keyRole,
    label: str,
    addedAt: u64Number,
    matureAt: u64Number,
  },
  { key: ["account", "digest"], indexes: { byClaim: ["digest", "addedAt", "account"] } },
);

/** The last id that each account has given, which no other key of it ever gets. */
export const counters: Table<
  { readonly account: AccountName; readonly lastId: number },
  "account",
  never
> = table("counters", { account, lastId: u32 }, { key: ["account"] });

type FriendRow = {
  readonly account: AccountName;
  readonly friend: AccountName;
  /** Since when a recovery waits for what this friend says; 0 while none is under way. */
  readonly askedAt: number;
};

/** By friend and time, so that nobody hides what waits for a friend behind accounts that only name him. */
export const friends: Table<FriendRow, "account" | "friend", "byAsking"> = table(
  "friends",
  { account, friend: account, askedAt: u64Number },
  { key: ["account", "friend"], indexes: { byAsking: ["friend", "askedAt"] } },
);

export type FriendRules = {
  readonly account: AccountName;
  readonly threshold: number;
  readonly delaySeconds: number;
};

export const friendRules: Table<FriendRules, "account", never> = table(
  "friendRules",
  { account, threshold: u16, delaySeconds: u32 },
  { key: ["account"] },
);

export type RecoveryRow = {
  readonly account: AccountName;
  readonly claim: Claim;
  readonly label: string;
  readonly startedBy: AccountName;
  readonly startedAt: number;
  /** Since when this friend's recovery is the account's one, also when he has replaced it by another. */
  readonly heldSince: number;
  readonly supporters: readonly AccountName[];
  readonly readyAt?: number;
};

export const recoveries: Table<RecoveryRow, "account", never> = table(
  "recoveries",
  {
    account,
    claim: claimCodec,
    label: str,
    startedBy: account,
    startedAt: u64Number,
    heldSince: u64Number,
    supporters: list(account),
    readyAt: option(u64Number),
  },
  { key: ["account"] },
);

type SessionEnd = { readonly account: AccountName; readonly validFrom: number };

export const sessionEnds: Table<SessionEnd, "account", never> = table(
  "sessionEnds",
  { account, validFrom: u64Number },
  { key: ["account"] },
);

export const appSessionEnds: Table<
  SessionEnd & { readonly app: AccountName },
  "account" | "app",
  never
> = table(
  "appSessionEnds",
  { account, app: account, validFrom: u64Number },
  { key: ["account", "app"] },
);
