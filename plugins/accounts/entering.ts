import { check } from "@kith/sdk/abort";
import { managerApp } from "@kith/sdk/callers";
import type { PluginContext } from "@kith/sdk/plugin";
import { sessionHost, type KnownAccount } from "@kith/sdk/plugin-host";
import type { AccountName } from "@kith/sdk/types";

import {
  currentAccount,
  setCurrentAccount,
  setEverywhere,
  setSignedOut,
} from "./browser-memory.ts";

/** Somebody whom this browser can act for, and its key for that. */
export function knownAccounts(context: PluginContext): readonly KnownAccount[] {
  return context.call(sessionHost).accounts({});
}

export function keyOfKnown(context: PluginContext, account: AccountName): Uint8Array {
  const known = knownAccounts(context).find(({ name }) => name === account);
  check(known !== undefined, "account-not-here", `this browser has no key of ${account}`);
  return known.publicKey;
}

/** From now on the app of this page knows its user. `everywhere` is what was chosen with it; left out: as before. */
export function enter(context: PluginContext, account: AccountName, everywhere?: boolean): void {
  const { app } = context;
  context.call(sessionHost).connect({ app, account });
  const isFirst = currentAccount(context) === undefined;
  if (isFirst || app === managerApp || everywhere === true) setCurrentAccount(context, account);
  if (everywhere !== undefined) setEverywhere(context, everywhere);
  setSignedOut(context, app, false);
}

/** The same for an account that this browser gets a key of with this call. */
export function enterNew(
  context: PluginContext,
  { name, publicKey }: KnownAccount,
  everywhere?: boolean,
): void {
  context.call(sessionHost).remember({ name, publicKey });
  enter(context, name, everywhere);
}
