import { ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import { jsonOption, nodeOf, nodeOption, runReporting, type Report } from "./command-line.ts";
import { findNode } from "./node-client.ts";
import { listPackages } from "./packages-client.ts";

const options = { ...nodeOption, ...jsonOption } as const;

export const listCommand = defineCommand({
  meta: { name: "list", description: "the packages that are installed on a network" },
  args: options,
  run: ({ args }) => runReporting({ args, options }, () => list(nodeOf(args))),
});

async function list(url: string): Promise<Result<Report, CliError>> {
  const node = await findNode(url);
  if (!node.ok) return node;
  const installed = await listPackages(node.value);
  if (!installed.ok) return installed;
  const rows = installed.value.map(({ name, version, owner, accounts }) => {
    return [name, version, owner, accounts.join(" ")];
  });
  const text = rows.length === 0 ? "No packages are installed." : inColumns(rows);
  return ok({ text, json: { packages: installed.value } });
}

function inColumns(rows: readonly (readonly string[])[]): string {
  const all = [["package", "version", "owner", "accounts"], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd((widths[at] ?? 0) + 2))
        .join("")
        .trimEnd(),
    )
    .join("\n");
}
