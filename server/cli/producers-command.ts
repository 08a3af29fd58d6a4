import type { Producer } from "@kith/protocol/block";
import { parseNodeId } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { producersInterface } from "@kith/sdk/system/producers";
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
import { findNode } from "./node-client.ts";
import { sendActions } from "./send-transaction.ts";

const options = {
  producers: {
    type: "positional",
    required: true,
    valueHint: "account=node,...",
    description:
      "all producers that there shall be: each an account and its node's id from `bun run kith status --json`",
  },
  owner: {
    type: "string",
    default: "owner",
    valueHint: "account",
    description: "the account that owns the network",
  },
  ...keyOption,
  ...nodeOption,
  ...jsonOption,
} as const;

const producersSet = defineCommand({
  meta: { name: "set", description: "change whose votes count (for the owner of the network)" },
  args: options,
  run: ({ args }) => runReporting({ args, options }, () => setProducers(args)),
});

export const producersCommand = defineCommand({
  meta: { name: "producers", description: "the nodes whose votes count" },
  subCommands: { set: producersSet },
});

type SetArguments = {
  readonly producers: string;
  readonly owner: string;
  readonly key?: string | undefined;
  readonly node?: string | undefined;
};

async function setProducers(args: SetArguments): Promise<Result<Report, CliError>> {
  const producers = parseProducers(args.producers);
  if (!producers.ok) return producers;
  const owner = parseAccountName(args.owner);
  if (!owner.ok) return err({ code: "account-name-invalid", name: args.owner });
  const key = findKey(args.key, owner.value);
  if (!key.ok) return key;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const consensus = { algorithm: "cft", producers: producers.value } as const;
  const action = packAction(owner.value, producersInterface, "setConsensus", { consensus });
  const receipt = await sendActions([action], { node: node.value, key: key.value });
  if (!receipt.ok) return receipt;
  const names = producers.value.map((producer) => producer.account).join(", ");
  const { transactionId, blockNum } = receipt.value;
  return ok({
    text: `Wanted producers: ${names}. The change is in force when "bun run kith status" shows it.`,
    json: { producers: producers.value, transactionId, blockNum },
  });
}

function parseProducers(text: string): Result<Producer[], CliError> {
  const producers: Producer[] = [];
  for (const part of text.split(",")) {
    const [name = "", id = ""] = part.split("=", 2);
    const account = parseAccountName(name);
    if (!account.ok) return err({ code: "account-name-invalid", name });
    const node = parseNodeId(id);
    if (!node.ok) {
      const message = `"${part}" is not ACCOUNT=NODE: a node's id has 64 hex digits, "bun run kith status --json" shows it.`;
      return err({ code: "usage", message });
    }
    producers.push({ account: account.value, node: node.value });
  }
  return ok(producers);
}
