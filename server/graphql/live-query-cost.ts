import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { checkQuery, type RequestRefusal } from "./run-query.ts";
import { serviceGraphql } from "./service-schema.ts";

/** What a query costs (fields times rows) before it is asked for the first time, or why it is none. */
export function liveQueryCost(
  definition: ServiceDefinition,
  { query, variables }: { readonly query: string; readonly variables?: unknown },
): Result<number, RequestRefusal> {
  const graphql = serviceGraphql(definition);
  if (!graphql.ok) return err({ code: "schema-unusable", message: graphql.error.reason });
  if (variables !== undefined && !isRecord(variables)) {
    return err({ code: "request-malformed", message: "`variables` has to be an object" });
  }
  const checked = checkQuery(graphql.value, {
    query,
    operationName: undefined,
    variables: variables ?? {},
  });
  return checked.ok ? ok(checked.value) : checked;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
