import type { NoArguments } from "@kith/protocol/entry-points";
import { bytes, list, object, option, type Codec } from "@kith/protocol/fracpack";
import type { MethodName } from "@kith/protocol/ids";
import type { AccountName } from "@kith/protocol/ids";
import { methodCodec } from "@kith/protocol/names";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { nothing, signature, type Signature } from "../signature.ts";

/** An action of the calling plugin's own service, in the user's name. */
export type OwnAction = {
  readonly method: MethodName;
  /** Packed arguments. */
  readonly rawData: Uint8Array;
};

const ownAction: Codec<OwnAction> = object({ method: methodCodec, rawData: bytes });

/** The one transaction that a call at the top becomes (psibase, default-apps/transact.md). */
export const transactPlugin: PluginInterface<{
  /** Adds an action of the caller's own service in the user's name. All of the transaction counts, or nothing. */
  readonly addAction: Signature<OwnAction, void>;
  /** What the caller has added so far. */
  readonly actions: Signature<NoArguments, readonly OwnAction[]>;
  /** By `accounts`, `auth-keys` and `invite`: an action in the name of an account that proves itself by `addClaim`. */
  readonly addActionAs: Signature<OwnAction & { readonly sender: AccountName }, void>;
  /** By the same: a claim that the calling plugin proves when it is asked to (`prove`), and gets `kept` back for. */
  readonly addClaim: Signature<{ readonly claim: Claim; readonly kept?: Uint8Array }, void>;
}> = pluginInterface("transact", {
  addAction: signature({ method: methodCodec, rawData: bytes }, nothing),
  actions: signature({}, list(ownAction)),
  addActionAs: signature({ method: methodCodec, rawData: bytes, sender: accountCodec }, nothing),
  addClaim: signature({ claim: claimCodec, kept: option(bytes) }, nothing),
});
