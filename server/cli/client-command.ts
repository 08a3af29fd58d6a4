import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import { generateClient } from "./client-code/generate-client.ts";
import { generatePluginInterface } from "./client-code/generate-plugin-interface.ts";
import { jsonOption, nodeOf, nodeOption, runReporting, type Report } from "./command-line.ts";
import { readDefinition } from "./read-definition.ts";
import { readPluginManifest } from "./read-plugin-manifest.ts";
import { reasonOf } from "./reason-of.ts";

const options = {
  service: {
    type: "positional",
    required: true,
    description: "an account with a service, the service's own source, or its definition as JSON",
  },
  plugin: {
    type: "boolean",
    description:
      "for the account's plugin, by its source or its /plugin.json, in place of its service",
  },
  out: {
    type: "string",
    valueHint: "file",
    description: "where it goes (default: SERVICE-client.ts or SERVICE-plugin.ts here)",
  },
  ...nodeOption,
  ...jsonOption,
} as const;

export const clientCommand = defineCommand({
  meta: {
    name: "client",
    description: "write typed TypeScript for calls of a service or a plugin",
  },
  args: options,
  run: ({ args }) => runReporting({ args, options }, () => writeClient(args)),
});

type ClientArguments = {
  readonly service: string;
  readonly plugin?: boolean | undefined;
  readonly out?: string | undefined;
  readonly node?: string | undefined;
};

async function writeClient(args: ClientArguments): Promise<Result<Report, CliError>> {
  const made = args.plugin === true ? await pluginCode(args) : await serviceCode(args);
  if (!made.ok) return made;
  const { what, code, about, fileName } = made.value;
  const path = resolve(args.out ?? fileName);
  try {
    writeFileSync(path, code);
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-not-written", path, reason });
  }
  return ok({ text: `${what}: ${path}`, json: { ...about, path, chars: code.length } });
}

type Made = {
  readonly what: string;
  readonly code: string;
  readonly fileName: string;
  readonly about: Readonly<Record<string, string | number>>;
};

async function serviceCode(args: ClientArguments): Promise<Result<Made, CliError>> {
  const definition = await readDefinition(args.service, nodeOf(args));
  if (!definition.ok) return definition;
  const { name, tables } = definition.value;
  const code = generateClient(definition.value);
  if (!code.ok) return unusable(args.service, code.error);
  const about = { service: name, tables: tables.length };
  return ok({
    what: `A client of ${name}`,
    code: code.value,
    about,
    fileName: `${name}-client.ts`,
  });
}

async function pluginCode(args: ClientArguments): Promise<Result<Made, CliError>> {
  const manifest = await readPluginManifest(args.service, nodeOf(args));
  if (!manifest.ok) return manifest;
  const made = generatePluginInterface(manifest.value);
  if (!made.ok) return unusable(args.service, made.error);
  const { name, functions, code } = made.value;
  const what = `What the plugin of ${name} offers`;
  return ok({ what, code, about: { plugin: name, functions }, fileName: `${name}-plugin.ts` });
}

function unusable(source: string, error: object): Result<never, CliError> {
  return err({ code: "service-unusable", source, reason: JSON.stringify(error) });
}
