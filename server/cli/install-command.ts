import { siteReaches } from "@kith/packaging/site-reach";
import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
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
import { carryOut, planAll, plannedBytes, type PlannedPackage } from "./install.ts";
import { loadPackages } from "./load-packages.ts";
import { findNode, siteUrl, type NodeClient } from "./node-client.ts";
import { openProgress } from "./progress.ts";
import { reachLines } from "./reach-lines.ts";
import { sizeText } from "./size-text.ts";

const options = {
  packages: {
    type: "positional",
    required: true,
    valueHint: "package...",
    description: "files (NAME.psi), addresses of files, or names such as tokens or tokens@^1.2",
  },
  from: {
    type: "string",
    valueHint: "folder",
    description: "where packages lie that are named or needed; also an address with an index.json",
  },
  as: {
    type: "string",
    valueHint: "account",
    description: "whose new packages will be (default: each belongs to its own account)",
  },
  use: {
    type: "string",
    valueHint: "account,...",
    description: "accounts of yours that exist and that the packages may act for",
  },
  "dry-run": { type: "boolean", description: "say what would be done, and do nothing" },
  force: {
    type: "boolean",
    description: "also a lower version, the same one again, or one that breaks others",
  },
  ...keyOption,
  ...nodeOption,
  ...jsonOption,
} as const;

export const installCommand = defineCommand({
  meta: { name: "install", description: "install packages, or upgrade them" },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options, manyWords: true }, () =>
      install({
        words: args._,
        from: args.from,
        owner: args.as,
        given: args.use,
        dryRun: args["dry-run"] === true,
        force: args.force === true,
        quiet: args.json === true,
        key: args.key,
        node: args.node,
      }),
    ),
});

type InstallArguments = {
  readonly words: readonly string[];
  readonly from: string | undefined;
  readonly owner: string | undefined;
  readonly given: string | undefined;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly quiet: boolean;
  readonly key: string | undefined;
  readonly node: string | undefined;
};

async function install(args: InstallArguments): Promise<Result<Report, CliError>> {
  const owners = parseNames(args.owner);
  if (!owners.ok) return owners;
  const given = parseNames(args.given);
  if (!given.ok) return given;
  const loaded = await loadPackages(args.words, args.from);
  if (!loaded.ok) return loaded;
  const node = await findNode(nodeOf(args));
  if (!node.ok) return node;
  const planned = await planAll({
    node: node.value,
    loaded: loaded.value,
    owner: owners.value[0],
    given: new Set(given.value),
    key: args.key,
    force: args.force,
  });
  if (!planned.ok) return planned;
  return args.dryRun ? ok(dryReport(planned.value)) : run(node.value, planned.value, args.quiet);
}

async function run(
  node: NodeClient,
  planned: readonly PlannedPackage[],
  quiet: boolean,
): Promise<Result<Report, CliError>> {
  const totalBytes = plannedBytes(planned);
  const title = `Installing ${planned.map(labelOf).join(", ")} (${sizeText(totalBytes)})`;
  const bar = openProgress({ totalBytes, title, quiet });
  const done = await carryOut(node, planned, (sizeBytes, name) => bar.advance(sizeBytes, name));
  if (!done.ok) {
    bar.failed();
    return done;
  }
  bar.done(`${done.value} transactions`);
  const lines = planned.flatMap((one) => [
    `${outcomeOf(one)}${urlsOf(node, one)}`,
    ...reachLines(one.file.contents),
    ...brokenLines(one),
  ]);
  const json = { transactions: done.value, packages: planned.map(factsOf) };
  return ok({ text: lines.join("\n"), json });
}

function dryReport(planned: readonly PlannedPackage[]): Report {
  const lines = planned.flatMap((one) => [
    `${outcomeOf(one)}:`,
    ...stepsOf(one),
    ...reachLines(one.file.contents),
    ...brokenLines(one),
  ]);
  return { text: lines.join("\n"), json: { dryRun: true, packages: planned.map(factsOf) } };
}

function stepsOf({ owner, plan }: PlannedPackage): readonly string[] {
  const { summary, prepare, upload, switchOver } = plan;
  const { newAccounts, joiningAccounts, changedCode, removedCode } = summary;
  const taken = joiningAccounts.filter((name) => !newAccounts.includes(name));
  const transactions = prepare.length + upload.length + switchOver.length;
  const steps: readonly (readonly [boolean, string])[] = [
    [newAccounts.length > 0, `make ${newAccounts.join(", ")}, owned by ${owner}`],
    [taken.length > 0, `take over ${taken.join(", ")}`],
    [upload.length > 0, `upload ${sizeText(summary.uploadBytes)}`],
    [summary.changedFiles > 0, `put ${summary.changedFiles} files in place`],
    [summary.removedFiles > 0, `remove ${summary.removedFiles} files`],
    [changedCode.length > 0, `set the code of ${changedCode.join(", ")}`],
    [removedCode.length > 0, `remove the code of ${removedCode.join(", ")}`],
    [summary.scriptActions > 0, `run ${summary.scriptActions} actions of its script`],
    [transactions === 0, "nothing: it is all there"],
    [transactions > 0, `in ${transactions} transactions`],
  ];
  return steps.flatMap(([is, text]) => (is ? [`  ${text}`] : []));
}

/** The network takes such a version: its author has to know whom else it concerns. */
function brokenLines({ previous, breaks }: PlannedPackage): readonly string[] {
  if (previous === undefined || breaks.length === 0) return [];
  const shown = breaks.slice(0, breaksShownMax).map((text) => `    ${text}`);
  const more = breaks.length - shown.length;
  return [
    `  Clients made for ${previous.version} break; make them again with "kith client":`,
    ...shown,
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

const breaksShownMax = 20;

function outcomeOf(one: PlannedPackage): string {
  const { previous, plan } = one;
  const { version } = one.file.contents.meta;
  if (previous === undefined) return `${labelOf(one)}, new`;
  if (previous.version !== version) return `${labelOf(one)}, in place of ${previous.version}`;
  return `${labelOf(one)}, ${plan.switchOver.length === 0 ? "as it was" : "again"}`;
}

function urlsOf(node: NodeClient, { file }: PlannedPackage): string {
  const accounts = [
    ...new Set([
      ...file.contents.files.map(({ account }) => account),
      ...file.contents.meta.services,
    ]),
  ];
  return accounts.length === 0 ? "" : `: ${accounts.map((name) => siteUrl(node, name)).join(" ")}`;
}

function labelOf({ file }: PlannedPackage): string {
  return `${file.contents.meta.name} ${file.contents.meta.version}`;
}

function factsOf({ file, owner, previous, plan, breaks }: PlannedPackage): object {
  const { name, version } = file.contents.meta;
  const transactions = plan.prepare.length + plan.upload.length + plan.switchOver.length;
  return {
    name,
    version,
    owner,
    hash: file.hash,
    previous: previous?.version,
    transactions,
    breaks,
    reach: siteReaches(file.contents),
    ...plan.summary,
  };
}

/** Names of accounts between commas; none for what was not given. */
function parseNames(text: string | undefined): Result<readonly AccountName[], CliError> {
  const names: AccountName[] = [];
  for (const part of (text ?? "").split(",").filter((each) => each !== "")) {
    const name = parseAccountName(part);
    if (!name.ok) return err({ code: "account-name-invalid", name: part });
    names.push(name.value);
  }
  return ok(names);
}
