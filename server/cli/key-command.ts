import { resolve } from "node:path";

import { encodePem } from "@kith/protocol/keys";
import { ok } from "@kith/protocol/result";
import { defineCommand } from "citty";

import { jsonOption, runReporting } from "./command-line.ts";
import { createKey, defaultKeyPath } from "./key-file.ts";

const options = {
  out: {
    type: "string",
    valueHint: "file",
    description: "where to put the key (default: default.pem in the keys folder)",
  },
  ...jsonOption,
} as const;

const keyNew = defineCommand({
  meta: { name: "new", description: "make a key and keep it in a file that only you can read" },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options }, () => {
      const key = createKey(args.out === undefined ? defaultKeyPath() : resolve(args.out));
      if (!key.ok) return key;
      const publicKey = encodePem("PUBLIC KEY", key.value.publicKey);
      const text = `Your key is in ${key.value.path}.\nKeep a copy in a safe place: who has it can act for your accounts.\n\n${publicKey}`;
      return ok({ text, json: { path: key.value.path, publicKey } });
    }),
});

export const keyCommand = defineCommand({
  meta: { name: "key", description: "keys that sign for accounts" },
  subCommands: { new: keyNew },
});
