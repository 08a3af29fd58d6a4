import { bytes, list, option } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { signature, type Signature } from "../signature.ts";

export type ProveFunctions = {
  /**
   * By the supervisor, when a transaction is signed that has a claim which this plugin made: the proof. `kept` is what the
   * plugin gave along with the claim, for a plugin remembers nothing.
   */
  readonly prove: Signature<
    { readonly claim: Claim; readonly message: Uint8Array; readonly kept?: Uint8Array },
    Uint8Array
  >;
};

export type AuthFunctions = ProveFunctions & {
  /**
   * By the supervisor: the claims by which this account acts in this browser. `key` is the browser's own key for it (SPKI), as
   * `accounts` remembers it.
   */
  readonly claims: Signature<
    { readonly account: AccountName; readonly key: Uint8Array },
    readonly Claim[]
  >;
};

export const proveFunctions: ProveFunctions = {
  prove: signature({ claim: claimCodec, message: bytes, kept: option(bytes) }, bytes),
};

export const authFunctions: AuthFunctions = {
  claims: signature({ account: accountCodec, key: bytes }, list(claimCodec)),
  ...proveFunctions,
};

/** The plugin of a user's auth service, of whichever account that is. */
export function authPlugin(name: string): PluginInterface<AuthFunctions> {
  return pluginInterface(name, authFunctions);
}

/** A plugin that has added claims. */
export function provingPlugin(name: string): PluginInterface<ProveFunctions> {
  return pluginInterface(name, proveFunctions);
}
