import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction } from "@kith/sdk/transaction";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import {
  jsonOption,
  keyOption,
  nodeOf,
  nodeOption,
  runReporting,
  type Report,
} from "./command-line.ts";
import { findKey, readPublicKey } from "./key-file.ts";
import { findNode, siteUrl } from "./node-client.ts";
import { sendActions } from "./send-transaction.ts";

const options = {
  name: { type: "positional", required: true, description: "1 to 10 characters of a-z, 0-9 and -" },
  by: {
    type: "string",
    valueHint: "account",
    description: "make it as this account, the owner of the network; then with --public",
  },
  public: {
    type: "string",
    valueHint: "file",
    description: "whose account it becomes: a public key in PEM form (default: your own)",
  },
  ...keyOption,
  ...nodeOption,
  ...jsonOption,
} as const;

const accountCreate = defineCommand({
  meta: { name: "create", description: "make an account that belongs to your key" },
  args: options,
  run: ({ args }) => runReporting({ args, options }, () => createAccount(args)),
});

export const accountCommand = defineCommand({
  meta: { name: "account", description: "accounts, which are names and subdomains" },
  subCommands: { create: accountCreate },
});

type CreateArguments = {
  readonly name: string;
  readonly by?: string | undefined;
  readonly public?: string | undefined;
  readonly key?: string | undefined;
  readonly node?: string | undefined;
};

/**
 * The new account itself sends the action, signed with the key that it is to belong to; the owner of the network makes
 * accounts for others as well.
 */
async function createAccount(args: CreateArguments): Promise<Result<Report, CliError>> {
  const name = parseAccountName(args.name);
  if (!name.ok) return err({ code: "account-name-invalid", name: args.name });
  const sender = parseAccountName(args.by ?? args.name);
  if (!sender.ok) return err({ code: "account-name-invalid", name: args.by ?? args.name });
  if ((args.by === undefined) !== (args.public === undefined)) {
    const message = "--by and --public go together: who makes the account, and for which key.";
    return err({ code: "usage", message });
  }
  const key = findKey(args.key, sender.value);
  if (!key.ok) return key;
  const given = args.public === undefined ? ok(key.value.publicKey) : readPublicKey(args.public);
  if (!given.ok) return given;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const create = { name: name.value, key: given.value };
  const action = packAction(sender.value, accountsInterface, "create", create);
  const receipt = await sendActions([action], { node: node.value, key: key.value });
  if (!receipt.ok) return receipt;
  const url = siteUrl(node.value, name.value);
  const { transactionId, blockNum } = receipt.value;
  const whose = args.public === undefined ? "is yours" : "belongs to that key";
  return ok({
    text: `The account ${name.value} ${whose}: ${url}`,
    json: { account: name.value, url, key: args.public ?? key.value.path, transactionId, blockNum },
  });
}
