import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";

import { describeService } from "@kith/packaging/describe-service";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { jsonOf } from "./json-of.ts";
import { findNode, getJson } from "./node-client.ts";
import { reasonOf } from "./reason-of.ts";

const definitionJson = z.object({
  name: z.string().transform((text, context) => {
    const name = parseAccountName(text);
    if (name.ok) return name.value;
    context.addIssue("not an account name");
    return z.NEVER;
  }),
  tables: z.array(
    z.object({
      name: z.string(),
      rowType: z.string(),
      indexes: z.array(z.array(z.string())),
    }),
  ),
  /** Nodes answer it as JSON, definitions have it as text. */
  schema: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

/** The definition of what is installed on an account, of a service's source, or from a file. */
export async function readDefinition(
  source: string,
  nodeUrl: string,
): Promise<Result<ServiceDefinition, CliError>> {
  if (parseAccountName(source).ok) return ofAccount(source, nodeUrl);
  const path = resolve(source);
  return extname(path) === ".json" ? ofJson(path) : ofSource(path);
}

async function ofAccount(
  account: string,
  nodeUrl: string,
): Promise<Result<ServiceDefinition, CliError>> {
  const node = await findNode(nodeUrl);
  if (!node.ok) return node;
  const target = `/common/schema?service=${account}`;
  const answer = await getJson(node.value, { target }, definitionJson);
  return answer.ok ? ok(definitionOf(answer.value)) : answer;
}

function ofJson(path: string): Result<ServiceDefinition, CliError> {
  try {
    return parseDefinition(path, readFileSync(path, "utf8"));
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-unreadable", path, reason });
  }
}

async function ofSource(path: string): Promise<Result<ServiceDefinition, CliError>> {
  const described = await describeService(path);
  if (described.ok) return parseDefinition(path, described.value.definition);
  return err({ code: "app-invalid", fault: described.error });
}

function parseDefinition(path: string, text: string): Result<ServiceDefinition, CliError> {
  const parsed = definitionJson.safeParse(jsonOf(text));
  if (parsed.success) return ok(definitionOf(parsed.data));
  const reason = parsed.error.issues[0]?.message ?? "no definition";
  return err({ code: "service-unusable", source: path, reason });
}

function definitionOf({ name, tables, schema }: z.infer<typeof definitionJson>): ServiceDefinition {
  return { name, tables, schema: typeof schema === "string" ? schema : JSON.stringify(schema) };
}
