import type { AccountName } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import { z } from "zod";

import type { CliError } from "./cli-error.ts";
import { getJson, type NodeClient } from "./node-client.ts";

const schemaAnswer = z.object({ schema: z.record(z.string(), z.unknown()) });

/** Schemas of installed services, as JSON texts; a service that is not there is left out. */
export async function readSchemas(
  node: NodeClient,
  services: readonly AccountName[],
): Promise<Result<ReadonlyMap<AccountName, string>, CliError>> {
  const schemas = new Map<AccountName, string>();
  for (const service of services) {
    const target = `/common/schema?service=${service}`;
    const answer = await getJson(node, { target }, schemaAnswer);
    if (answer.ok) schemas.set(service, JSON.stringify(answer.value.schema));
    else if (answer.error.code !== "refused" || answer.error.reason !== "service-unknown") {
      return answer;
    }
  }
  return ok(schemas);
}
