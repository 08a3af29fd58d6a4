import { authorizeCodec, type Authorization } from "@kith/protocol/entry-points";
import { bool, bytes, option } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

type OfAccount = { readonly account: AccountName };

/** What every auth service has to offer (psibase specification, smart-authorization.md). */
export type AuthActions = {
  /** Aborts unless the transaction's claims suffice for this account's action. Reads only. */
  readonly checkAuth: Signature<Authorization, void>;
  /** Whether it could ever authorize this account. */
  readonly canAuthUser: Signature<OfAccount, boolean>;
};

const authActions: AuthActions = {
  checkAuth: { args: authorizeCodec, result: nothing },
  canAuthUser: signature({ account: accountCodec }, bool),
};

/** The auth service on this account. */
export function authInterface(name: AccountName): ServiceInterface<AuthActions> {
  return { name, actions: authActions };
}

/** Accounts that belong to one key. */
export const authSigInterface: ServiceInterface<
  AuthActions & {
    /** The sender's own key, as SPKI. */
    readonly setKey: Signature<{ readonly key: Uint8Array }, void>;
    /** By `accounts`, for an account that it makes. */
    readonly setKeyOf: Signature<OfAccount & { readonly key: Uint8Array }, void>;
    readonly keyOf: Signature<OfAccount, Uint8Array | undefined>;
  }
> = serviceInterface("auth-sig", {
  ...authActions,
  setKey: signature({ key: bytes }, nothing),
  setKeyOf: signature({ account: accountCodec, key: bytes }, nothing),
  keyOf: signature({ account: accountCodec }, option(bytes)),
});
