import type { InstalledPackage } from "@kith/packaging/network-view";
import { planRemoval } from "@kith/packaging/plan-removal";
import { err, ok, type Result } from "@kith/protocol/result";
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
import { lookAtAccounts } from "./look-at-network.ts";
import { findNode } from "./node-client.ts";
import { listPackages } from "./packages-client.ts";
import { sendActions } from "./send-transaction.ts";

const options = {
  name: { type: "positional", required: true, description: "an installed package" },
  as: {
    type: "string",
    valueHint: "account",
    description: "whose package, where several accounts have one of this name",
  },
  "dry-run": { type: "boolean", description: "say what would be done, and do nothing" },
  force: { type: "boolean", description: "also when other packages need it" },
  ...keyOption,
  ...nodeOption,
  ...jsonOption,
} as const;

export const removeCommand = defineCommand({
  meta: { name: "remove", description: "remove a package's code and files from the network" },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options }, () =>
      remove({ ...args, owner: args.as, dryRun: args["dry-run"] === true }),
    ),
});

type RemoveArguments = {
  readonly name: string;
  readonly owner: string | undefined;
  readonly dryRun: boolean;
  readonly force?: boolean | undefined;
  readonly key?: string | undefined;
  readonly node?: string | undefined;
};

async function remove(args: RemoveArguments): Promise<Result<Report, CliError>> {
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const installed = await listPackages(node.value);
  if (!installed.ok) return installed;
  const removed = findPackage(installed.value, args);
  if (!removed.ok) return removed;
  const key = findKey(args.key, removed.value.owner);
  if (!key.ok) return key;
  const { owner, name, version } = removed.value;
  const subject = { file: undefined, owner, previous: removed.value };
  const view = await lookAtAccounts(node.value, subject);
  if (!view.ok) return view;
  const plan = planRemoval({
    removed: removed.value,
    installed: installed.value,
    view: view.value,
    force: args.force === true,
  });
  if (!plan.ok) return err({ code: "installation-refused", fault: plan.error });
  const json = { name, version, owner, transactions: plan.value.length };
  if (args.dryRun) {
    const text = `${name} ${version} would be removed, in ${plan.value.length} transactions.`;
    return ok({ text, json: { dryRun: true, ...json } });
  }
  for (const batch of plan.value) {
    const sent = await sendActions(batch, { node: node.value, key: key.value });
    if (!sent.ok) return sent;
  }
  const kept = removed.value.accounts.join(", ");
  const accounts = kept === "" ? "" : ` Its accounts stay yours: ${kept}.`;
  return ok({ text: `${name} ${version} is removed.${accounts}`, json });
}

function findPackage(
  installed: readonly InstalledPackage[],
  { name, owner }: RemoveArguments,
): Result<InstalledPackage, CliError> {
  const found = installed.filter((each) => {
    return each.name === name && (owner === undefined || each.owner === owner);
  });
  const [only, another] = found;
  if (only === undefined) {
    return err({ code: "installation-refused", fault: { code: "package-unknown", package: name } });
  }
  if (another === undefined) return ok(only);
  const owners = found.map((each) => each.owner).join(", ");
  const message = `Several accounts have a package ${name}: ${owners}. Say whose with --as ACCOUNT.`;
  return err({ code: "usage", message });
}
