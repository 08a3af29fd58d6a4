import type { NoArguments } from "@kith/protocol/entry-points";
import { bool, list, object, option, str, u8, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";
import { createAccount, type NewAccount } from "./new-account.ts";

export type { NewAccount } from "./new-account.ts";

type Name = { readonly name: AccountName };

/** How an account stands. */
export type AccountStanding = {
  /** Whose `checkAuth` decides about its actions; `accounts` itself where nobody can act. */
  readonly authService: AccountName;
  /** For ever: it never sends an action again, so that its code, its site and its settings stay what they are. */
  readonly locked: boolean;
};

/** Who may make which accounts. */
export type AccountRules = {
  /** Whether anybody may make an account; else the network's owner does, and members who invite. */
  readonly openRegistration: boolean;
  /** Shorter names are given by the owner of the network only. */
  readonly freeNameCharsMin: number;
};

export const accountRules: Codec<AccountRules> = object({
  openRegistration: bool,
  freeNameCharsMin: u8,
});

/** Whether somebody who chooses a name may have it. */
export type NameStanding = "free" | "taken" | "reserved" | "short";

/** Who exists, and by which service each account decides what may be done in its name. */
export const accountsInterface: ServiceInterface<{
  /**
   * Makes an account that belongs to a key. Sent by the new name itself, with a claim of the same key, while
   * registration is open; or by the owner of the network.
   */
  readonly create: Signature<NewAccount, void>;
  /** By `invite`, also while registration is closed: under `auth-keys`, with a key that the transaction proves. */
  readonly createInvited: Signature<Name & { readonly claim: Claim; readonly label: string }, void>;
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
  /** By the owner of the network: how long names are that everybody may have, 1 to 10 characters. */
  readonly setFreeNameChars: Signature<{ readonly chars: number }, void>;
  readonly rules: Signature<NoArguments, AccountRules>;
}> = serviceInterface("accounts", {
  create: createAccount,
  createInvited: signature({ name: accountCodec, claim: claimCodec, label: str }, nothing),
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
  setFreeNameChars: signature({ chars: u8 }, nothing),
  rules: signature({}, accountRules),
});
