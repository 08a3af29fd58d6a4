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
import { findKey } from "./key-file.ts";
import { findNode, siteUrl } from "./node-client.ts";
import { sendActions } from "./send-transaction.ts";

const options = {
  name: { type: "positional", required: true, description: "1 to 10 characters of a-z, 0-9 and -" },
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
  readonly key?: string | undefined;
  readonly node?: string | undefined;
};

/** The new account itself sends the action, signed with the key that it is to belong to. */
async function createAccount(args: CreateArguments): Promise<Result<Report, CliError>> {
  const name = parseAccountName(args.name);
  if (!name.ok) return err({ code: "account-name-invalid", name: args.name });
  const key = findKey(args.key, name.value);
  if (!key.ok) return key;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const create = { name: name.value, key: key.value.publicKey };
  const action = packAction(name.value, accountsInterface, "create", create);
  const receipt = await sendActions([action], { node: node.value, key: key.value });
  if (!receipt.ok) return receipt;
  const url = siteUrl(node.value, name.value);
  const { transactionId, blockNum } = receipt.value;
  return ok({
    text: `The account ${name.value} is yours: ${url}`,
    json: { account: name.value, url, key: key.value.path, transactionId, blockNum },
  });
}
