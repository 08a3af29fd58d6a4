import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { packageApp } from "@kith/packaging/package-app";
import { siteReaches } from "@kith/packaging/site-reach";
import { err, ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import { jsonOption, runReporting, type Report } from "./command-line.ts";
import { reachLines } from "./reach-lines.ts";
import { reasonOf } from "./reason-of.ts";
import { sizeText } from "./size-text.ts";

const options = {
  folder: {
    type: "positional",
    required: false,
    description: "of an app: package.json or kith.json, service/, front-end/ (default: this one)",
  },
  out: {
    type: "string",
    valueHint: "folder",
    description: "where to put NAME-VERSION.psi (default: this folder)",
  },
  ...jsonOption,
} as const;

export const packageCommand = defineCommand({
  meta: { name: "package", description: "make a package file of an app" },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options }, () => makePackage(args.folder ?? ".", args.out ?? ".")),
});

async function makePackage(folder: string, out: string): Promise<Result<Report, CliError>> {
  const made = await packageApp(folder);
  if (!made.ok) return err({ code: "app-invalid", fault: made.error });
  const { bytes, hash, contents } = made.value;
  const { name, version, accounts } = contents.meta;
  const path = join(resolve(out), `${name}-${version}.psi`);
  try {
    mkdirSync(resolve(out), { recursive: true });
    writeFileSync(path, bytes);
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-not-written", path, reason });
  }
  const parts = [
    ...contents.services.map(
      ({ account, code }) => `service ${account} (${sizeText(code.length)})`,
    ),
    ...(contents.files.length === 0 ? [] : [`${contents.files.length} files`]),
  ];
  const lines = [
    `${path}: ${parts.join(", ")}; ${sizeText(bytes.length)}`,
    ...reachLines(contents),
    `Install it with "bun run kith install ${path}".`,
  ];
  const reach = siteReaches(contents);
  const json = { path, name, version, accounts, hash, sizeBytes: bytes.length, reach };
  return ok({ text: lines.join("\n"), json });
}
