import type { NoArguments } from "@kith/protocol/entry-points";
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

type Name = { readonly name: AccountName };

/** Who exists, and by which service each account decides what may be done in its name. */
export const accountsInterface: ServiceInterface<{
  /**
   * Makes an account that belongs to a key (SPKI). Sent by the new name itself, with a claim of the same key, while
   * registration is open; or by the owner of the network.
   */
  readonly create: Signature<Name & { readonly key: Uint8Array }, void>;
  /** Genesis only: an account whose auth service is this one. */
  readonly createSystem: Signature<Name & { readonly authService: AccountName }, void>;
  readonly exists: Signature<Name, boolean>;
  readonly authServiceOf: Signature<Name, AccountName | undefined>;
  /** The sender's own: the new service must already be able to authorize it. */
  readonly setAuthService: Signature<{ readonly authService: AccountName }, void>;
  /** By the owner of the network: whether anybody may make an account. */
  readonly setOpenRegistration: Signature<{ readonly open: boolean }, void>;
  readonly openRegistration: Signature<NoArguments, boolean>;
}> = serviceInterface("accounts", {
  create: signature({ name: accountCodec, key: bytes }, nothing),
  createSystem: signature({ name: accountCodec, authService: accountCodec }, nothing),
  exists: signature({ name: accountCodec }, bool),
  authServiceOf: signature({ name: accountCodec }, option(accountCodec)),
  setAuthService: signature({ authService: accountCodec }, nothing),
  setOpenRegistration: signature({ open: bool }, nothing),
  openRegistration: signature({}, bool),
});
