import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import { generateClient } from "./client-code/generate-client.ts";
import { jsonOption, nodeOf, nodeOption, runReporting, type Report } from "./command-line.ts";
import { readDefinition } from "./read-definition.ts";
import { reasonOf } from "./reason-of.ts";

const options = {
  service: {
    type: "positional",
    required: true,
    description: "an account with a service, the service's own source, or its definition as JSON",
  },
  out: {
    type: "string",
    valueHint: "file",
    description: "where the client goes (default: SERVICE-client.ts here)",
  },
  ...nodeOption,
  ...jsonOption,
} as const;

export const clientCommand = defineCommand({
  meta: { name: "client", description: "write a typed TypeScript client for a service" },
  args: options,
  run: ({ args }) => runReporting({ args, options }, () => writeClient(args)),
});

type ClientArguments = {
  readonly service: string;
  readonly out?: string | undefined;
  readonly node?: string | undefined;
};

async function writeClient(args: ClientArguments): Promise<Result<Report, CliError>> {
  const definition = await readDefinition(args.service, nodeOf(args));
  if (!definition.ok) return definition;
  const { name, tables } = definition.value;
  const code = generateClient(definition.value);
  if (!code.ok) {
    const reason = JSON.stringify(code.error);
    return err({ code: "service-unusable", source: args.service, reason });
  }
  const path = resolve(args.out ?? `${name}-client.ts`);
  try {
    writeFileSync(path, code.value);
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-not-written", path, reason });
  }
  return ok({
    text: `A client of ${name}: ${path}`,
    json: { service: name, path, tables: tables.length, chars: code.value.length },
  });
}
