import {
  list,
  object,
  option,
  str,
  u16,
  u32,
  u64Number,
  type Codec,
} from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import { claimCodec } from "@kith/protocol/transactions";

import { question, type Question } from "../query.ts";
import { accountKey, keyRole, type AccountKey, type Friends, type Recovery } from "./auth-keys.ts";

type OfAccount = { readonly account: AccountName };
type WithClaim = Pick<AccountKey, "claim">;

/** An account that a key belongs to. */
export type KeyedAccount = OfAccount & Pick<AccountKey, "id" | "role" | "label" | "addedAt">;

const friendsFields = { friends: list(accountCodec), threshold: u16, delaySeconds: u32 };
const recovery: Codec<Recovery> = object({
  account: accountCodec,
  claim: claimCodec,
  label: str,
  startedBy: accountCodec,
  startedAt: u64Number,
  supporters: list(accountCodec),
  threshold: u16,
  readyAt: option(u64Number),
});

/** What pages ask. Lists end with their hundredth element. */
export const authKeysQueries: {
  /** The oldest first. */
  readonly keysOf: Question<OfAccount, readonly AccountKey[]>;
  /**
   * Which accounts have this key, the first that got it first: claims are public, so that anybody may add the key
   * of somebody else to an account of his own, but only later.
   */
  readonly accountsOf: Question<WithClaim, readonly KeyedAccount[]>;
  readonly friendsOf: Question<OfAccount, Friends | undefined>;
  readonly recoveryOf: Question<OfAccount, Recovery | undefined>;
  /** What is under way for accounts that count on this friend, the newest first. */
  readonly recoveriesAskedOf: Question<{ readonly friend: AccountName }, readonly Recovery[]>;
  readonly tokensValidFrom: Question<OfAccount & { readonly app: AccountName }, number>;
} = {
  keysOf: question({ account: accountCodec }, list(accountKey)),
  accountsOf: question(
    { claim: claimCodec },
    list(object({ account: accountCodec, id: u32, role: keyRole, label: str, addedAt: u64Number })),
  ),
  friendsOf: question({ account: accountCodec }, option(object(friendsFields))),
  recoveryOf: question({ account: accountCodec }, option(recovery)),
  recoveriesAskedOf: question({ friend: accountCodec }, list(recovery)),
  tokensValidFrom: question({ account: accountCodec, app: accountCodec }, u64Number),
};
