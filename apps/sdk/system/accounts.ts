import type { NoArguments } from "@kith/protocol/entry-points";
import { bool, bytes, list, object, option } from "@kith/protocol/fracpack";
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

/** How an account stands. */
export type AccountStanding = {
  /** Whose `checkAuth` decides about its actions; `accounts` itself where nobody can act. */
  readonly authService: AccountName;
  /** For ever: it never sends an action again, so that its code, its site and its settings stay what they are. */
  readonly locked: boolean;
};

/** Who exists, and by which service each account decides what may be done in its name. */
export const accountsInterface: ServiceInterface<{
  /**
   * Makes an account that belongs to a key (SPKI). Sent by the new name itself, with a claim of the same key, while
   * registration is open; or by the owner of the network.
   */
  readonly create: Signature<Name & { readonly key: Uint8Array }, void>;
  /** Genesis only: an account whose auth service is this one. */
  readonly createSystem: Signature<Name & { readonly authService: AccountName }, void>;
  /**
   * By `auth-delg` and `auth-group`: an account that they speak for from the start. `creator` is who asked them to; it
   * needs open registration, or to be the owner of the network.
   */
  readonly createUnder: Signature<Name & { readonly creator: AccountName }, void>;
  readonly exists: Signature<Name, boolean>;
  readonly authServiceOf: Signature<Name, AccountName | undefined>;
  /** The same for several at once, in their order: a call costs more than what it is about. */
  readonly authServicesOf: Signature<
    { readonly names: readonly AccountName[] },
    readonly (AccountName | undefined)[]
  >;
  /** The sender's own: the new service must already be able to authorize it. */
  readonly setAuthService: Signature<{ readonly authService: AccountName }, void>;
  /**
   * For ever, and nobody can undo it: the sender never sends an action again, nor is it believed any more where it owns
   * accounts or is a member of groups; only what its code says by itself still counts. `name` is the sender's own
   * name, typed again. Accounts that the network itself needs refuse.
   */
  readonly lock: Signature<Name, void>;
  readonly standingOf: Signature<Name, AccountStanding | undefined>;
  /** By the owner of the network: whether anybody may make an account. */
  readonly setOpenRegistration: Signature<{ readonly open: boolean }, void>;
  readonly openRegistration: Signature<NoArguments, boolean>;
}> = serviceInterface("accounts", {
  create: signature({ name: accountCodec, key: bytes }, nothing),
  createSystem: signature({ name: accountCodec, authService: accountCodec }, nothing),
  createUnder: signature({ name: accountCodec, creator: accountCodec }, nothing),
  exists: signature({ name: accountCodec }, bool),
  authServiceOf: signature({ name: accountCodec }, option(accountCodec)),
  authServicesOf: signature({ names: list(accountCodec) }, list(option(accountCodec))),
  setAuthService: signature({ authService: accountCodec }, nothing),
  lock: signature({ name: accountCodec }, nothing),
  standingOf: signature(
    { name: accountCodec },
    option(object({ authService: accountCodec, locked: bool })),
  ),
  setOpenRegistration: signature({ open: bool }, nothing),
  openRegistration: signature({}, bool),
});
