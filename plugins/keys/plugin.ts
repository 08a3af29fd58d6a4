import { check } from "@kith/sdk/abort";
import { checkCaller } from "@kith/sdk/callers";
import {
  implementFunction,
  plugin,
  type Plugin,
  type PluginContext,
  type PluginFunction,
} from "@kith/sdk/plugin";
import { keysHost } from "@kith/sdk/plugin-host";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import type { Signature } from "@kith/sdk/signature";

const { functions } = keysPlugin;
type Keys = ReturnType<typeof keysOf>;

const sign = forCallers(
  functions.sign,
  (keys, args) => {
    checkMessage(args.message);
    return keys.sign(args);
  },
  ["accounts", "auth-keys", "auth-sig", "invite"],
);

const signWithSeed = forCallers(
  functions.signWithSeed,
  (keys, args) => {
    checkMessage(args.message);
    return keys.signWithSeed(args);
  },
  ["auth-keys", "invite"],
);

const provePasskey = forCallers(
  functions.provePasskey,
  (keys, args) => {
    checkMessage(args.message);
    return keys.provePasskey(args);
  },
  ["auth-keys", "auth-sig"],
);

/** Kept when all goes well, as callers expect of it. */
const create = forCallers(functions.create, (keys) => {
  const publicKey = keys.create({});
  keys.keep({ publicKey, always: false });
  return publicKey;
});

const keep = forCallers(functions.keep, (keys, args) => keys.keep(args));
const list = forCallers(functions.list, (keys) => keys.list({}), ["accounts", "auth-keys"]);
const remove = forCallers(functions.remove, (keys, args) => keys.remove(args));
const createPasskey = forCallers(functions.createPasskey, (keys, args) => keys.createPasskey(args));
const choosePasskey = forCallers(functions.choosePasskey, (keys) => keys.choosePasskey({}));
const matchPasskey = forCallers(functions.matchPasskey, (keys, args) => keys.matchPasskey(args));
const publicKeyOfSeed = forCallers(
  functions.publicKeyOfSeed,
  (keys, args) => keys.publicKeyOfSeed(args),
  ["accounts", "invite"],
);

export const keys: Plugin<(typeof keysPlugin)["functions"]> = plugin("keys", {
  doc: "Signs with the keys of this browser, for the plugins that speak for accounts.",
  imports: [keysHost],
  exports: {
    create,
    keep,
    list,
    sign,
    remove,
    createPasskey,
    provePasskey,
    choosePasskey,
    matchPasskey,
    publicKeyOfSeed,
    signWithSeed,
  },
});

function forCallers<Args, Result>(
  declared: Signature<Args, Result>,
  run: (keys: Keys, args: Args) => Result,
  callers: readonly string[] = ["accounts"],
): PluginFunction<Args, Result> {
  return implementFunction(declared, "none", (context, args) => {
    checkCaller(context, ...callers);
    return run(keysOf(context), args);
  });
}

function keysOf(context: PluginContext) {
  return context.call(keysHost);
}

/** Keys of accounts sign transactions and nothing else, so that nobody can have one sign what means something elsewhere. */
const transactionMark: readonly number[] = [0x00, 0xce, 0xa8, 0x54];
const transactionMessageBytes = 68;

function checkMessage(message: Uint8Array): void {
  const isMarked = transactionMark.every((byte, at) => message[at] === byte);
  const isTransaction = isMarked && message.length === transactionMessageBytes;
  check(isTransaction, "message-malformed", "keys of accounts sign transactions, not this");
}
