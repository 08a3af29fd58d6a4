import { acting } from "@kith/sdk/acting";
import { described } from "@kith/sdk/described";
import { implementFunction, plugin } from "@kith/sdk/plugin";
import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
import { transactPlugin } from "@kith/sdk/plugins/transact";
import { packText, unpackText } from "@kith/sdk/texts";

import { notebookPlugin, notebookService } from "../interface.ts";

const { functions } = notebookPlugin;

const add = described(
  "Writes a note in your name.",
  implementFunction(functions.add, "medium", (context, args) =>
    acting(context, notebookService).write(args),
  ),
);

const addTwice = implementFunction(functions.addTwice, "medium", (context, args) => {
  acting(context, notebookService).write(args);
  acting(context, notebookService).write(args);
});

const caller = implementFunction(functions.caller, "none", (context) => context.caller);

/** What letters to this user are sealed to. */
const letterbox = implementFunction(functions.letterbox, "none", (context) =>
  context.call(cryptoPlugin).sealingKey({}),
);

const read = implementFunction(functions.read, "none", (context, { letter }) => {
  const message = context.call(cryptoPlugin).open({ info: packText("letter"), sealed: letter });
  return message === undefined ? undefined : unpackText(message);
});

/** So many rounds of work. */
const spin = implementFunction(functions.spin, "none", (_context, { rounds }) => {
  let sum = 0;
  for (let round = 0; round < rounds; round++) sum = (sum * 31 + round) >>> 0;
  return sum;
});

/** So many calls of another plugin. */
const hop = implementFunction(functions.hop, "none", (context, { times }) => {
  let found = 0;
  for (let call = 0; call < times; call++) found += context.call(transactPlugin).actions({}).length;
  return found;
});

export const notebook = plugin("notebook", {
  imports: [transactPlugin, cryptoPlugin],
  exports: { add, addTwice, caller, letterbox, read, spin, hop },
});
