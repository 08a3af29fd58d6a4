import { parseBoundedJson } from "./bounded-json.ts";
import { schemaTextCharsMax, schemaTextDepthMax } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";
import type { AnyType, SchemaTypes } from "./schema-types.ts";
import type { SchemaError } from "./schema/compile.ts";
import { isRecord } from "./schema/json-type.ts";
import { parseTypes } from "./schema/parse.ts";

/**
 * What a service says about itself (psibase specification, data-formats/schema.md, "ServiceSchema"), with three things
 * that psibase does not have: typed queries, documentation, and the migrations of stored rows.
 */
export type ServiceSchema = {
  readonly service: string;
  /** Row types and whatever other types have names. */
  readonly types: SchemaTypes;
  readonly actions: { readonly [name: string]: ActionType };
  /** Questions to a final state, which change nothing. Their names are method names, and have nothing to do with actions. */
  readonly queries: { readonly [name: string]: QueryType };
  /** Events that are kept as long as a node likes. */
  readonly history: { readonly [name: string]: AnyType };
  /** Events that are hashed into `eventRoot`. */
  readonly merkle: { readonly [name: string]: AnyType };
  readonly docs: Docs;
  readonly migrations: readonly MigrationType[];
};

export type ActionType = {
  readonly params: AnyType;
  /** Undefined: the action gives nothing. */
  readonly result: AnyType | undefined;
};

/** A query that gave nothing would have nothing to say. */
export type QueryType = { readonly params: AnyType; readonly result: AnyType };

/** Words for people, by the name of what they are about. */
export type Docs = {
  readonly service?: string;
  readonly actions: { readonly [name: string]: string };
  readonly queries: { readonly [name: string]: string };
  readonly tables: { readonly [name: string]: string };
  readonly events: { readonly [name: string]: string };
};

/** The service can convert rows of `table` that an earlier version wrote as `from`. */
export type MigrationType = { readonly table: string; readonly from: AnyType };

export type ServiceSchemaError =
  | SchemaError
  | { readonly code: "service-schema-too-long"; readonly chars: number }
  | { readonly code: "service-schema-malformed"; readonly path: string };

/** Reads the JSON text of a definition. What is unknown in it is passed over; what is known has to be right. */
export function parseServiceSchema(text: string): Result<ServiceSchema, ServiceSchemaError> {
  if (text.length > schemaTextCharsMax) {
    return err({ code: "service-schema-too-long", chars: text.length });
  }
  const json = parseBoundedJson(text, schemaTextDepthMax);
  if (!isRecord(json)) return malformed("$");
  if (typeof json["service"] !== "string") return malformed("$.service");
  const types = parseTypes(json["types"] ?? {});
  if (!types.ok) return types;
  const actions = parseActions(json["actions"] ?? {});
  if (!actions.ok) return actions;
  const queries = parseQueries(json["queries"] ?? {});
  if (!queries.ok) return queries;
  const history = parseEvents("$.history", json["history"] ?? {});
  if (!history.ok) return history;
  const merkle = parseEvents("$.merkle", json["merkle"] ?? {});
  if (!merkle.ok) return merkle;
  const migrations = parseMigrations(json["migrations"] ?? []);
  if (!migrations.ok) return migrations;
  return ok({
    service: json["service"],
    types: types.value,
    actions: actions.value,
    queries: queries.value,
    history: history.value,
    merkle: merkle.value,
    docs: parseDocs(json["docs"]),
    migrations: migrations.value,
  });
}

type Parsed<T> = Result<T, ServiceSchemaError>;

function parseActions(
  json: unknown,
  path: "$.actions" | "$.queries" = "$.actions",
): Parsed<ServiceSchema["actions"]> {
  if (!isRecord(json)) return malformed(path);
  const params: Record<string, unknown> = {};
  const results: Record<string, unknown> = {};
  for (const [name, action] of Object.entries(json)) {
    if (!isRecord(action)) return malformed(`${path}.${name}`);
    params[name] = action["params"];
    if (action["result"] !== null && action["result"] !== undefined) {
      results[name] = action["result"];
    }
  }
  const taken = parseTypes(params);
  if (!taken.ok) return taken;
  const given = parseTypes(results);
  if (!given.ok) return given;
  return ok(
    mapValues(taken.value, (type, name) => ({ params: type, result: ownValue(given.value, name) })),
  );
}

function parseQueries(json: unknown): Parsed<ServiceSchema["queries"]> {
  const parsed = parseActions(json, "$.queries");
  if (!parsed.ok) return parsed;
  const queries: [string, QueryType][] = [];
  for (const [name, { params, result }] of Object.entries(parsed.value)) {
    if (result === undefined) return malformed(`$.queries.${name}.result`);
    queries.push([name, { params, result }]);
  }
  return ok(Object.fromEntries(queries));
}

/** An event is its type, or an object with the type in it. */
function parseEvents(path: string, json: unknown): Parsed<{ readonly [name: string]: AnyType }> {
  if (!isRecord(json)) return malformed(path);
  const described: Record<string, unknown> = {};
  for (const [name, event] of Object.entries(json)) {
    described[name] = isRecord(event) && "type" in event ? event["type"] : event;
  }
  return parseTypes(described);
}

function parseMigrations(json: unknown): Parsed<readonly MigrationType[]> {
  if (!Array.isArray(json)) return malformed("$.migrations");
  const migrations: MigrationType[] = [];
  for (const [index, given] of json.entries()) {
    const migration: unknown = given;
    if (!isRecord(migration) || typeof migration["table"] !== "string") {
      return malformed(`$.migrations[${index}]`);
    }
    const type = parseTypes({ from: migration["from"] });
    if (!type.ok) return type;
    const from = type.value["from"];
    if (from === undefined) return malformed(`$.migrations[${index}].from`);
    migrations.push({ table: migration["table"], from });
  }
  return ok(migrations);
}

/** Documentation is never a reason to refuse a service: what is no text is left out. */
function parseDocs(json: unknown): Docs {
  const docs = isRecord(json) ? json : {};
  const { service } = docs;
  return {
    ...(typeof service === "string" ? { service } : {}),
    actions: textsOf(docs["actions"]),
    queries: textsOf(docs["queries"]),
    tables: textsOf(docs["tables"]),
    events: textsOf(docs["events"]),
  };
}

function textsOf(json: unknown): { readonly [name: string]: string } {
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(isRecord(json) ? json : {})) {
    if (typeof text === "string") texts.push([name, text]);
  }
  return Object.fromEntries(texts);
}

function mapValues<T, U>(
  record: { readonly [name: string]: T },
  map: (value: T, name: string) => U,
): { readonly [name: string]: U } {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, map(value, name)]),
  );
}

/** `undefined` for what every object inherits. */
export function ownValue<T>(record: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function malformed(path: string): Result<never, ServiceSchemaError> {
  return err({ code: "service-schema-malformed", path });
}
