import type { NoArguments } from "@kith/protocol/entry-points";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  u32,
  u64Number,
  u8,
  type Codec,
} from "@kith/protocol/fracpack";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import { accountCodec, methodCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { pluginInterface, type PluginInterface } from "./plugin-interface.ts";
import { nothing, signature, type Signature } from "./signature.ts";

/**
 * What the supervisor itself offers to plugins. `x-` names are no accounts. `x-context` answers everybody; each other one
 * answers the one first-party plugin that its comment names, which decides what others may do with it.
 */

/** Where a call comes from and in whose name it is made. */
export type CallContext = {
  /** The account whose page made the call at the top. */
  readonly app: AccountName;
  /** Who is signed in to that app. */
  readonly user?: AccountName;
  /** The network's id in hex, and its root host with the port, as this browser reaches it. */
  readonly network: string;
  readonly root: string;
  /** Microseconds since the Unix epoch, when the call at the top began: one moment for all of it. */
  readonly nowMicros: number;
};

/** For every plugin. */
export const contextHost: PluginInterface<{ readonly get: Signature<NoArguments, CallContext> }> =
  pluginInterface("x-context", {
    get: signature(
      {},
      object({
        app: accountCodec,
        user: option(accountCodec),
        network: str,
        root: str,
        nowMicros: u64Number,
      }),
    ),
  });

/** An action of the transaction that this call becomes. */
export type AddedAction = {
  readonly sender: AccountName;
  readonly service: AccountName;
  readonly method: MethodName;
  readonly rawData: Uint8Array;
};

/** A claim, and the plugin whose `prove` proves it. */
export type AddedClaim = {
  readonly claim: Claim;
  readonly prover: AccountName;
  /** What the prover gets back when it proves: it remembers nothing, and this is kept nowhere but in memory. */
  readonly kept?: Uint8Array;
};

const addedAction: Codec<AddedAction> = object({
  sender: accountCodec,
  service: accountCodec,
  method: methodCodec,
  rawData: bytes,
});

/** For `transact`: the one transaction that the call at the top becomes. */
export const transactionHost: PluginInterface<{
  readonly addAction: Signature<{ readonly action: AddedAction; readonly by: AccountName }, void>;
  readonly addClaim: Signature<AddedClaim, void>;
  /** Those that `by` has added, in their order. */
  readonly actionsOf: Signature<{ readonly by: AccountName }, readonly AddedAction[]>;
}> = pluginInterface("x-transact", {
  addAction: signature({ action: addedAction, by: accountCodec }, nothing),
  addClaim: signature({ claim: claimCodec, prover: accountCodec, kept: option(bytes) }, nothing),
  actionsOf: signature({ by: accountCodec }, list(addedAction)),
});

/** A key that never leaves this browser. */
export type DeviceKey = {
  /** As SPKI. */
  readonly publicKey: Uint8Array;
  /** Microseconds since the Unix epoch. */
  readonly madeAt: number;
};

const deviceKey: Codec<DeviceKey> = object({ publicKey: bytes, madeAt: u64Number });

/** That somebody has used a passkey, before it is known which key it has: authenticators do not tell that. */
export type ChosenPasskey = {
  /** For whom it was made. */
  readonly account: AccountName;
  /** 32 bytes that the supervisor made up, and the packed proof for them. */
  readonly message: Uint8Array;
  readonly proof: Uint8Array;
};

const chosenPasskeyFields = { account: accountCodec, message: bytes, proof: bytes };

/** For `keys`: non-extractable Ed25519 keys of this browser, and passkeys of its authenticators. */
export const keysHost: PluginInterface<{
  /** A new one, for this call: it is gone when nobody says that it is to be kept. */
  readonly create: Signature<NoArguments, Uint8Array>;
  /** From when the call and its transaction have succeeded; `always`: at once, and also when they have not. */
  readonly keep: Signature<{ readonly publicKey: Uint8Array; readonly always: boolean }, void>;
  readonly list: Signature<NoArguments, readonly DeviceKey[]>;
  /** 64 bytes; aborts with `key-unknown`. */
  readonly sign: Signature<
    { readonly publicKey: Uint8Array; readonly message: Uint8Array },
    Uint8Array
  >;
  /** When the call and its transaction have succeeded. */
  readonly remove: Signature<{ readonly publicKey: Uint8Array }, void>;
  /** Makes a passkey for the account; gives the packed WebAuthn claim. Asks the user through the browser. */
  readonly createPasskey: Signature<{ readonly account: AccountName }, Uint8Array>;
  /** The packed proof of a passkey's claim for this message. */
  readonly provePasskey: Signature<
    { readonly claim: Uint8Array; readonly message: Uint8Array },
    Uint8Array
  >;
  /** Lets the user choose one of his passkeys. */
  readonly choosePasskey: Signature<NoArguments, ChosenPasskey>;
  /** Which of these packed claims the chosen passkey proves, by its place; undefined when none. */
  readonly matchPasskey: Signature<
    ChosenPasskey & { readonly claims: readonly Uint8Array[] },
    number | undefined
  >;
  /** As SPKI, the public key of the Ed25519 key with this secret of 32 bytes (RFC 8032), which is kept nowhere. */
  readonly publicKeyOfSeed: Signature<{ readonly seed: Uint8Array }, Uint8Array>;
  readonly signWithSeed: Signature<
    { readonly seed: Uint8Array; readonly message: Uint8Array },
    Uint8Array
  >;
}> = pluginInterface("x-keys", {
  create: signature({}, bytes),
  keep: signature({ publicKey: bytes, always: bool }, nothing),
  list: signature({}, list(deviceKey)),
  sign: signature({ publicKey: bytes, message: bytes }, bytes),
  remove: signature({ publicKey: bytes }, nothing),
  createPasskey: signature({ account: accountCodec }, bytes),
  provePasskey: signature({ claim: bytes, message: bytes }, bytes),
  choosePasskey: signature({}, object(chosenPasskeyFields)),
  matchPasskey: signature({ ...chosenPasskeyFields, claims: list(bytes) }, option(u32)),
  publicKeyOfSeed: signature({ seed: bytes }, bytes),
  signWithSeed: signature({ seed: bytes, message: bytes }, bytes),
});

/**
 * Where a value is kept. `mode` 0: with the transaction, so it is there only when that succeeded; 1: at once, and in any case.
 * `duration` 0: until the browser is closed; 1: for good.
 */
export type DataPlace = {
  readonly owner: AccountName;
  /** Whose it is; left out: everybody's who uses this browser. */
  readonly user?: AccountName;
  readonly bucket: string;
  readonly mode: number;
  readonly duration: number;
};

const place = {
  owner: accountCodec,
  user: option(accountCodec),
  bucket: str,
  mode: u8,
  duration: u8,
};

/** For `clientdata`. */
export const dataHost: PluginInterface<{
  readonly get: Signature<DataPlace & { readonly key: string }, Uint8Array | undefined>;
  readonly set: Signature<DataPlace & { readonly key: string; readonly value: Uint8Array }, void>;
  readonly remove: Signature<DataPlace & { readonly key: string }, void>;
  /** At most 1,000, in their order, behind `after`. */
  readonly keys: Signature<DataPlace & { readonly after?: string }, readonly string[]>;
}> = pluginInterface("x-data", {
  get: signature({ ...place, key: str }, option(bytes)),
  set: signature({ ...place, key: str, value: bytes }, nothing),
  remove: signature({ ...place, key: str }, nothing),
  keys: signature({ ...place, after: option(str) }, list(str)),
});

/** What the supervisor shows and asks, by its kind and its values as JSON; the answer is JSON as well. */
export const promptHost: PluginInterface<{
  /** For `prompt`, which checks who may ask what. Aborts with `prompt-dismissed` when the user turns away. */
  readonly ask: Signature<{ readonly kind: string; readonly details: string }, string>;
}> = pluginInterface("x-prompt", { ask: signature({ kind: str, details: str }, str) });

export type HttpAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
};

/** For `http`: reads of one account's service, with the user's token for it. */
export const httpHost: PluginInterface<{
  readonly get: Signature<{ readonly account: AccountName; readonly target: string }, HttpAnswer>;
}> = pluginInterface("x-http", {
  get: signature(
    { account: accountCodec, target: str },
    object({ status: u32, contentType: str, body: bytes }),
  ),
});

/** An account that this browser has a key of. */
export type KnownAccount = {
  readonly name: AccountName;
  /** Of this browser, as SPKI. */
  readonly publicKey: Uint8Array;
};

const knownAccount: Codec<KnownAccount> = object({ name: accountCodec, publicKey: bytes });

/** For `accounts`: whom this browser can act for, and who is signed in where. Changes count when the call succeeds. */
export const sessionHost: PluginInterface<{
  readonly accounts: Signature<NoArguments, readonly KnownAccount[]>;
  readonly remember: Signature<KnownAccount, void>;
  readonly forget: Signature<{ readonly name: AccountName }, void>;
  /** From now on this app's calls are made in the name of this account. */
  readonly connect: Signature<{ readonly app: AccountName; readonly account: AccountName }, void>;
  readonly disconnect: Signature<{ readonly app: AccountName }, void>;
  readonly connected: Signature<
    NoArguments,
    readonly { readonly app: AccountName; readonly account: AccountName }[]
  >;
}> = pluginInterface("x-session", {
  accounts: signature({}, list(knownAccount)),
  remember: signature({ name: accountCodec, publicKey: bytes }, nothing),
  forget: signature({ name: accountCodec }, nothing),
  connect: signature({ app: accountCodec, account: accountCodec }, nothing),
  disconnect: signature({ app: accountCodec }, nothing),
  connected: signature({}, list(object({ app: accountCodec, account: accountCodec }))),
});

/** For `crypto`: what is too slow or not to be had inside a machine. */
export const cryptoHost: PluginInterface<{
  readonly random: Signature<{ readonly sizeBytes: number }, Uint8Array>;
  /** HPKE (RFC 9180) to an X25519 public key of 32 bytes. */
  readonly seal: Signature<
    { readonly publicKey: Uint8Array; readonly info: Uint8Array; readonly message: Uint8Array },
    Uint8Array
  >;
  /** The X25519 public key of this browser for this plugin and user. */
  readonly sealingKey: Signature<
    { readonly owner: AccountName; readonly user?: AccountName },
    Uint8Array
  >;
  readonly open: Signature<
    {
      readonly owner: AccountName;
      readonly user?: AccountName;
      readonly info: Uint8Array;
      readonly sealed: Uint8Array;
    },
    Uint8Array | undefined
  >;
}> = pluginInterface("x-crypto", {
  random: signature({ sizeBytes: u32 }, bytes),
  seal: signature({ publicKey: bytes, info: bytes, message: bytes }, bytes),
  sealingKey: signature({ owner: accountCodec, user: option(accountCodec) }, bytes),
  open: signature(
    { owner: accountCodec, user: option(accountCodec), info: bytes, sealed: bytes },
    option(bytes),
  ),
});
