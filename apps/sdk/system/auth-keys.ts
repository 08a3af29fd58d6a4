import { bool, list, object, option, str, u32, u64Number } from "@kith/protocol/fracpack";
import type { Codec } from "@kith/protocol/fracpack";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import { accountCodec, methodCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import {
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";
import { authKeysSetUp } from "./auth-keys-set-up.ts";
import { authActions, type AuthActions } from "./auth.ts";
import { keyRole, ownKeysActions, type KeyRole, type OwnKeysActions } from "./own-keys.ts";

export { keyRole } from "./own-keys.ts";
export type { Friends, KeyRole } from "./own-keys.ts";

/** One of an account's keys. */
export type AccountKey = {
  /** Counted per account, from 1: a smaller one is older. */
  readonly id: number;
  /** `verify-sig` with the key as SPKI, or `webauthn` with the passkey. */
  readonly claim: Claim;
  readonly role: KeyRole;
  /** For people: "Firefox on Linux". */
  readonly label: string;
  /** Microseconds since the Unix epoch, as all times here. */
  readonly addedAt: number;
  /** Before this time it is young: it acts, but may not touch older keys, friends, code, or who decides. */
  readonly matureAt: number;
};

export const accountKey: Codec<AccountKey> = object({
  id: u32,
  claim: claimCodec,
  role: keyRole,
  label: str,
  addedAt: u64Number,
  matureAt: u64Number,
});

/** A key that friends want to add to an account whose owner has lost his own. */
export type Recovery = {
  readonly account: AccountName;
  readonly claim: Claim;
  readonly label: string;
  readonly startedBy: AccountName;
  readonly startedAt: number;
  readonly supporters: readonly AccountName[];
  readonly threshold: number;
  /** When it can be finished; left out while not enough friends agree. */
  readonly readyAt?: number;
};

type OfAccount = { readonly account: AccountName };
type WithClaim = { readonly claim: Claim };

/** Accounts that belong to the keys of one person's devices, and to friends when all of those are lost. */
export const authKeysInterface: ServiceInterface<
  AuthActions &
    OwnKeysActions & {
      /** By `accounts`, for an account that it makes: the first device or passkey. */
      readonly setUp: (typeof authKeysSetUp.actions)["setUp"];
      /** Tokens of the account for the app that were issued before this time do not count; 0: all do. */
      readonly tokensValidFrom: Signature<OfAccount & { readonly app: AccountName }, number>;
      /** The account's key with this claim. */
      readonly keyOf: Signature<OfAccount & WithClaim, AccountKey | undefined>;
      /** Whether what the transaction proves suffices, for each of the accounts that use this auth service. */
      readonly sufficesFor: Signature<
        {
          readonly accounts: readonly AccountName[];
          readonly service: AccountName;
          readonly method: MethodName;
        },
        readonly boolean[]
      >;
    }
> = serviceInterface("auth-keys", {
  ...authActions,
  ...authKeysSetUp.actions,
  ...ownKeysActions,
  tokensValidFrom: signature({ account: accountCodec, app: accountCodec }, u64Number),
  keyOf: signature({ account: accountCodec, claim: claimCodec }, option(accountKey)),
  sufficesFor: signature(
    { accounts: list(accountCodec), service: accountCodec, method: methodCodec },
    list(bool),
  ),
});

/** An account's keys, those of recoveries apart. */
export const keysMax = 32;
export const keyLabelCharsMax = 40;
/** How long a key that a recovery code or friends have added stays young. */
export const youngSeconds: number = 72 * 3600;
export const friendsMax = 16;
export const recoveryDelaySecondsMin: number = 24 * 3600;
/** What pages offer. */
export const recoveryDelaySecondsDefault: number = 72 * 3600;
export const recoveryDelaySecondsMax: number = 90 * 24 * 3600;
/** How long a recovery with one supporter holds off those that other friends would start. */
export const recoveryHeldSeconds: number = 24 * 3600;
/** Apps for which sessions were ended one by one. */
export const appsSignedOutMax = 64;
