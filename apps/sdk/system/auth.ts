import {
  authorizeCodec,
  stagedAuthorizationCodec,
  type Authorization,
  type StagedAuthorization,
} from "@kith/protocol/entry-points";
import { bool, bytes, list, option } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { compileMethods } from "../compiled-methods.ts";
import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

type OfAccount = { readonly account: AccountName };

/**
 * What every auth service has to offer (psibase specification, smart-authorization.md). All of it only reads. An action
 * is authorized in one of two ways: by what its transaction proves (`checkAuth`), or by accounts that agreed to it one
 * after the other, each with an action of its own, as `staged-tx` has collected them (`isAuthorized`).
 */
export type AuthActions = {
  /** Aborts unless the transaction's claims suffice for this account's action. */
  readonly checkAuth: Signature<Authorization, void>;
  /** Whether it could ever authorize this account; may abort with a better reason. Asked by `accounts`. */
  readonly canAuthUser: Signature<OfAccount, boolean>;
  /** Whether it suffices that all accounts in `by` agree. */
  readonly isAuthorized: Signature<StagedAuthorization, boolean>;
  /** Whether the accounts in `by` that disagree can no longer be outweighed. */
  readonly isRejected: Signature<StagedAuthorization, boolean>;
  /** Whether it may matter what `by` says about the account's actions. */
  readonly hasSay: Signature<OfAccount & { readonly by: AccountName }, boolean>;
};

/** For services that implement them: `implement(authActions.checkAuth, ...)`. */
export const authActions: AuthActions = {
  checkAuth: { args: authorizeCodec, result: nothing },
  canAuthUser: signature({ account: accountCodec }, bool),
  isAuthorized: { args: stagedAuthorizationCodec, result: bool },
  isRejected: { args: stagedAuthorizationCodec, result: bool },
  hasSay: signature({ account: accountCodec, by: accountCodec }, bool),
};

compileMethods(authActions);

/** The auth service on this account. */
export function authInterface(name: AccountName): ServiceInterface<AuthActions> {
  return { name, actions: authActions };
}

/** Accounts that belong to whoever proves one claim: a key, a passkey, or something that a custom service verifies. */
export const authSigInterface: ServiceInterface<
  AuthActions & {
    /** The sender's own key, as SPKI. */
    readonly setKey: Signature<{ readonly key: Uint8Array }, void>;
    /** Instead of a key, any claim (a passkey, a custom one) that the same transaction proves. */
    readonly setClaim: Signature<{ readonly claim: Claim }, void>;
    /** By `accounts`, for an account that it makes. */
    readonly setKeyOf: Signature<OfAccount & { readonly key: Uint8Array }, void>;
    /** The key; undefined for an account without one. */
    readonly keyOf: Signature<OfAccount, Uint8Array | undefined>;
    readonly claimOf: Signature<OfAccount, Claim | undefined>;
    /** Of several at once, in their order. */
    readonly claimsOf: Signature<
      { readonly accounts: readonly AccountName[] },
      readonly (Claim | undefined)[]
    >;
  }
> = serviceInterface("auth-sig", {
  ...authActions,
  setKey: signature({ key: bytes }, nothing),
  setClaim: signature({ claim: claimCodec }, nothing),
  setKeyOf: signature({ account: accountCodec, key: bytes }, nothing),
  keyOf: signature({ account: accountCodec }, option(bytes)),
  claimOf: signature({ account: accountCodec }, option(claimCodec)),
  claimsOf: signature({ accounts: list(accountCodec) }, list(option(claimCodec))),
});

export type { Authorization, StagedAuthorization } from "@kith/protocol/entry-points";
export type { Claim } from "@kith/protocol/transaction";
