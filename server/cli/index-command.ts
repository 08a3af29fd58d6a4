import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { indexName, packIndex } from "@kith/packaging/package-index";
import { err, ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import { jsonOption, runReporting, type Report } from "./command-line.ts";
import { readPackageFile } from "./load-packages.ts";
import { reasonOf } from "./reason-of.ts";

const options = {
  folder: { type: "positional", required: true, description: "where package files lie" },
  ...jsonOption,
} as const;

export const indexCommand = defineCommand({
  meta: {
    name: "index",
    description: "list a folder's packages in index.json, for others to install from its address",
  },
  args: options,
  run: ({ args }) => runReporting({ args, options }, () => writeIndex(resolve(args.folder))),
});

function writeIndex(folder: string): Result<Report, CliError> {
  const path = join(folder, indexName);
  const packages = [];
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".psi"));
    for (const file of names.toSorted()) {
      const read = readPackageFile(join(folder, file));
      if (!read.ok) return read;
      packages.push({ file, package: read.value });
    }
    writeFileSync(path, packIndex(packages));
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-not-written", path, reason });
  }
  const text = `${path} lists ${packages.length} packages.\nPublish the folder, and others install from its address: "bun run kith install NAME --from URL".`;
  return ok({ text, json: { path, packages: packages.length } });
}
