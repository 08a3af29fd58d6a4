import type { NoArguments } from "@kith/protocol/entry-points";
import { bool, bytes, list, object, option, str } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { nothing, signature, type Signature } from "../signature.ts";
import { proveFunctions, type ProveFunctions } from "./auth.ts";

type OfAccount = { readonly account: AccountName };
type OfApp = { readonly app: AccountName };

/** An account that this browser can act for. */
export type BrowserAccount = OfAccount & {
  /** The one with which new apps begin. */
  readonly isCurrent: boolean;
};

/** Who came by an invite: somebody new, or somebody who was there before. */
export type Newcomer = OfAccount & {
  readonly isNew: boolean;
  /** This browser's key, as SPKI: fresh for who is new. */
  readonly key: Uint8Array;
  /** What this browser is called among the account's devices; empty where it is there already. */
  readonly device: string;
};

type InviteOf = { readonly inviter: AccountName; readonly app: AccountName; readonly memo: string };

/** Who uses this browser, and which app knows whom. */
export const accountsPlugin: PluginInterface<
  ProveFunctions & {
    /** For every app: who is signed in to the app whose page made the call. */
    readonly current: Signature<NoArguments, AccountName | undefined>;
    /** By an app's page: asks who its user is, and for a new account where that is wanted. Asks nobody whom it knows. */
    readonly signIn: Signature<NoArguments, AccountName>;
    /** By an app's page: asks in any case, so that its user can be somebody else. */
    readonly chooseAccount: Signature<NoArguments, AccountName>;
    /** By an app's page: it no longer knows its user. */
    readonly signOut: Signature<NoArguments, void>;

    /** All that follows is for `home`, where accounts are managed. */
    readonly create: Signature<
      {
        readonly name: AccountName;
        /** What to call this browser among the account's devices: "Firefox on Linux". */
        readonly device: string;
        /** New apps know their user without asking. */
        readonly everywhere: boolean;
      },
      void
    >;
    readonly known: Signature<NoArguments, readonly BrowserAccount[]>;
    /** `home` itself and new apps begin with this account from now on. */
    readonly switchTo: Signature<OfAccount, void>;
    readonly everywhere: Signature<NoArguments, boolean>;
    readonly setEverywhere: Signature<{ readonly everywhere: boolean }, void>;
    /** Removes the account and its key from this browser. */
    readonly forget: Signature<OfAccount, void>;
    readonly connectedApps: Signature<NoArguments, readonly (OfApp & OfAccount)[]>;
    /** Signs out of another app, and ends its login tokens. */
    readonly disconnect: Signature<OfApp, void>;
    /** Of a link that a new device shows, what follows the `#`: adds that device once its code has been typed. */
    readonly addDevice: Signature<{ readonly fragment: string }, void>;
    readonly addPasskey: Signature<{ readonly label: string }, void>;
    /** Shows a code for a drawer, by which a browser without any key gets in. */
    readonly makeRecoveryCode: Signature<{ readonly label: string }, void>;

    /** By `invite`: lets whoever opened it choose a name, or come as who he is. */
    readonly welcome: Signature<InviteOf, Newcomer>;
  }
> = pluginInterface("accounts", {
  ...proveFunctions,
  current: signature({}, option(accountCodec)),
  signIn: signature({}, accountCodec),
  chooseAccount: signature({}, accountCodec),
  signOut: signature({}, nothing),
  create: signature({ name: accountCodec, device: str, everywhere: bool }, nothing),
  known: signature({}, list(object({ account: accountCodec, isCurrent: bool }))),
  switchTo: signature({ account: accountCodec }, nothing),
  everywhere: signature({}, bool),
  setEverywhere: signature({ everywhere: bool }, nothing),
  forget: signature({ account: accountCodec }, nothing),
  connectedApps: signature({}, list(object({ app: accountCodec, account: accountCodec }))),
  disconnect: signature({ app: accountCodec }, nothing),
  addDevice: signature({ fragment: str }, nothing),
  addPasskey: signature({ label: str }, nothing),
  makeRecoveryCode: signature({ label: str }, nothing),
  welcome: signature(
    { inviter: accountCodec, app: accountCodec, memo: str },
    object({ account: accountCodec, isNew: bool, key: bytes, device: str }),
  ),
});
