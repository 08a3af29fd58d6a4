import { list, option } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";
import { authActions, type AuthActions } from "./auth.ts";

/**
 * Accounts that belong to another account. psibase calls this service AuthDelegate; names have at most 10 characters,
 * so that the account is `auth-delg`, there as here.
 */
export const authDelegateInterface: ServiceInterface<
  AuthActions & {
    /** The sender's owner, from the moment on at which the sender uses this auth service. */
    readonly setOwner: Signature<{ readonly owner: AccountName }, void>;
    /** Makes an account that belongs to `owner` from the start. Needs open registration, or the network's owner. */
    readonly create: Signature<{ readonly name: AccountName; readonly owner: AccountName }, void>;
    readonly ownerOf: Signature<{ readonly account: AccountName }, AccountName | undefined>;
    /** Of several at once, in their order. */
    readonly ownersOf: Signature<
      { readonly accounts: readonly AccountName[] },
      readonly (AccountName | undefined)[]
    >;
  }
> = serviceInterface("auth-delg", {
  ...authActions,
  setOwner: signature({ owner: accountCodec }, nothing),
  create: signature({ name: accountCodec, owner: accountCodec }, nothing),
  ownerOf: signature({ account: accountCodec }, option(accountCodec)),
  ownersOf: signature({ accounts: list(accountCodec) }, list(option(accountCodec))),
});

/** From an account to the one whose own auth service decides: through so many owners and groups at most. */
export const delegationDepthMax = 6;
/** Accounts above one account that are looked at, itself counted: nobody can make looking cost a transaction's fuel. */
export const delegationAccountsMax = 64;
