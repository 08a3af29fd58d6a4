import { parseBoundedJson } from "@kith/protocol/bounded-json";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import type {
  EventDeclaration,
  ServiceDefinition,
  TableDefinition,
} from "@kith/protocol/service-abi";

import { definitionDepthMax } from "../limits.ts";

type DefinitionError = { readonly code: "definition-malformed"; readonly message: string };

/** Reads what a service says of itself. Whether its tables can be kept, the chain decides. */
export function parseDefinition(text: string): Result<ServiceDefinition, DefinitionError> {
  const json = parseBoundedJson(text, definitionDepthMax);
  if (!isRecord(json)) return malformed("no object");
  const { name, tables, events = [], schema } = json;
  const account = typeof name === "string" ? parseAccountName(name) : undefined;
  if (account?.ok !== true) return malformed("no name that is an account's");
  if (typeof schema !== "string") return malformed("no schema");
  if (!Array.isArray(tables) || !tables.every(isTable)) return malformed("tables that are none");
  if (!Array.isArray(events) || !events.every(isEvent)) return malformed("events that are none");
  return ok({
    name: account.value,
    tables: tables.map(({ name: table, rowType, indexes, ...more }) => ({
      ...more,
      name: table,
      rowType,
      indexes,
    })),
    events: events.map((event) => ({
      name: event.name,
      kind: event.kind,
      indexes: event.indexes,
    })),
    schema,
  });
}

function isTable(value: unknown): value is TableDefinition {
  if (!isRecord(value)) return false;
  const { name, rowType, indexes } = value;
  return (
    typeof name === "string" &&
    typeof rowType === "string" &&
    Array.isArray(indexes) &&
    indexes.every(isTexts)
  );
}

function isEvent(value: unknown): value is EventDeclaration {
  if (!isRecord(value)) return false;
  const { name, kind, indexes } = value;
  return typeof name === "string" && (kind === "history" || kind === "merkle") && isTexts(indexes);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(what: string): Result<never, DefinitionError> {
  return err({
    code: "definition-malformed",
    message: `the service describes itself with ${what}`,
  });
}
