import { check } from "@kith/sdk/abort";
import { implementFunction, plugin, type Plugin, type PluginContext } from "@kith/sdk/plugin";
import { cryptoHost } from "@kith/sdk/plugin-host";
import {
  cryptoPlugin,
  randomBytesMax,
  sealedInfoBytesMax,
  sealedMessageBytesMax,
} from "@kith/sdk/plugins/crypto";
import type { AccountName } from "@kith/sdk/types";

const { functions } = cryptoPlugin;
const x25519KeyBytes = 32;

const sha256 = implementFunction(functions.sha256, "none", (context, { data }) =>
  context.sha256(data),
);

const random = implementFunction(functions.random, "none", (context, { sizeBytes }) => {
  checkLength(sizeBytes, randomBytesMax, "random bytes");
  return context.call(cryptoHost).random({ sizeBytes });
});

const sealingKey = implementFunction(functions.sealingKey, "none", (context) =>
  context.call(cryptoHost).sealingKey(holderOf(context)),
);

const seal = implementFunction(functions.seal, "none", (context, args) => {
  const isKey = args.publicKey.length === x25519KeyBytes;
  check(isKey, "key-malformed", `an X25519 public key has ${x25519KeyBytes} bytes`);
  checkLength(args.info.length, sealedInfoBytesMax, "bytes of info");
  checkLength(args.message.length, sealedMessageBytesMax, "bytes of a message");
  return context.call(cryptoHost).seal(args);
});

const open = implementFunction(functions.open, "none", (context, args) => {
  checkLength(args.info.length, sealedInfoBytesMax, "bytes of info");
  checkLength(args.sealed.length, sealedMessageBytesMax + overheadBytes, "bytes that are sealed");
  return context.call(cryptoHost).open({ ...holderOf(context), ...args });
});

export const crypto: Plugin<(typeof cryptoPlugin)["functions"]> = plugin("crypto", {
  doc: "Hashes, makes random bytes, and seals messages to plugins in other browsers.",
  imports: [cryptoHost],
  exports: { sha256, random, sealingKey, seal, open },
});

/** HPKE's encapsulated key and the cipher's tag. */
const overheadBytes = 48;

/** A key is one plugin's, for one user: another app cannot have opened what was sealed to it. */
function holderOf(context: PluginContext): {
  readonly owner: AccountName;
  readonly user?: AccountName;
} {
  const { user } = context.about;
  return { owner: context.caller, ...(user === undefined ? {} : { user }) };
}

function checkLength(length: number, lengthMax: number, what: string): void {
  check(length <= lengthMax, "too-long", `at most ${lengthMax} ${what}`);
}
