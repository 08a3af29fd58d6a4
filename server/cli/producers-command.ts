import type { Algorithm, Consensus, Producer } from "@kith/protocol/block";
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
import { cautionAbout, describeTolerance, readProducers } from "./producers-client.ts";
import { sendActions } from "./send-transaction.ts";

const setOptions = {
  producers: {
    type: "positional",
    required: false,
    valueHint: "account=node,...",
    description:
      "all producers that there shall be: each an account and its node's id from `bun run kith status --json` (default: as they are)",
  },
  algorithm: {
    type: "string",
    valueHint: "cft|bft",
    description:
      "cft: nodes may stop; bft: fewer than a third of them may also lie (default: as it is)",
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

const listOptions = { ...nodeOption, ...jsonOption } as const;

const producersList = defineCommand({
  meta: { name: "list", description: "whose votes count, and what the network stands" },
  args: listOptions,
  run: ({ args }) =>
    runReporting({ args, options: listOptions }, () => listProducers(nodeOf(args))),
});

const producersSet = defineCommand({
  meta: {
    name: "set",
    description: "change whose votes count, and how they agree (for the owner of the network)",
  },
  args: setOptions,
  run: ({ args }) => runReporting({ args, options: setOptions }, () => setProducers(args)),
});

export const producersCommand = defineCommand({
  meta: { name: "producers", description: "the nodes whose votes count" },
  subCommands: { list: producersList, set: producersSet },
});

async function listProducers(url: string): Promise<Result<Report, CliError>> {
  const node = await findNode(url);
  if (!node.ok) return node;
  const known = await readProducers(node.value);
  if (!known.ok) return known;
  const { current, next } = known.value;
  const lines = [`${current.algorithm}: ${describeTolerance(current)}`, ...namesOf(current)];
  if (next !== undefined) {
    lines.push(`A change is under way to ${next.algorithm}:`, ...namesOf(next));
  }
  return ok({ text: lines.join("\n"), json: { ...known.value } });
}

function namesOf({ producers }: Consensus): readonly string[] {
  return producers.map(({ account, node }) => `  ${account.padEnd(10)}  ${node}`);
}

type SetArguments = {
  readonly producers?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly owner: string;
  readonly key?: string | undefined;
  readonly node?: string | undefined;
};

async function setProducers(args: SetArguments): Promise<Result<Report, CliError>> {
  const wished = parseWish(args);
  if (!wished.ok) return wished;
  const owner = parseAccountName(args.owner);
  if (!owner.ok) return err({ code: "account-name-invalid", name: args.owner });
  const key = findKey(args.key, owner.value);
  if (!key.ok) return key;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const known = await readProducers(node.value);
  if (!known.ok) return known;
  const consensus = { ...known.value.current, ...wished.value };
  const action = packAction(owner.value, producersInterface, "setConsensus", { consensus });
  const receipt = await sendActions([action], { node: node.value, key: key.value });
  if (!receipt.ok) return receipt;
  const names = consensus.producers.map((producer) => producer.account).join(", ");
  const { transactionId, blockNum } = receipt.value;
  const lines = [
    `Wanted: ${consensus.algorithm} with ${names}: ${describeTolerance(consensus)}.`,
    'The change is in force when "bun run kith producers list" shows it.',
  ];
  const caution = cautionAbout(consensus);
  if (caution !== undefined) lines.unshift(caution);
  return ok({ text: lines.join("\n"), json: { ...consensus, transactionId, blockNum } });
}

/** What shall be different. */
function parseWish({ producers, algorithm }: SetArguments): Result<Partial<Consensus>, CliError> {
  if (producers === undefined && algorithm === undefined) {
    const message = "Name the producers as ACCOUNT=NODE,..., an --algorithm, or both.";
    return err({ code: "usage", message });
  }
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    return err({ code: "usage", message: `--algorithm takes cft or bft, not "${algorithm}".` });
  }
  const parsed = producers === undefined ? undefined : parseProducers(producers);
  if (parsed?.ok === false) return parsed;
  return ok({
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(parsed === undefined ? {} : { producers: parsed.value }),
  });
}

function isAlgorithm(text: string): text is Algorithm {
  return text === "cft" || text === "bft";
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
