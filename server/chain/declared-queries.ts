import type { MethodName } from "@kith/protocol/ids";
import { parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import { resolveType } from "@kith/protocol/schema-resolve";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { parseServiceSchema } from "@kith/protocol/service-schema";

/** The JSON of a query's arguments and result, and what the service is given and gives. */
export type DeclaredQuery = {
  readonly packArguments: (json: unknown) => Packed;
  /** Packs arguments of which each comes as a text: as it is where its type is written as a text, otherwise as JSON. */
  readonly packFields: (fields: ReadonlyMap<string, string>) => Packed;
  readonly hasField: (name: string) => boolean;
  readonly resultJson: (packed: Uint8Array) => ReturnType<CompiledSchema["unpackJson"]>;
};

type Packed = ReturnType<CompiledSchema["packJson"]>;

type QueriesFault = { readonly code: "queries-malformed"; readonly message: string };

type Declared = Result<ReadonlyMap<MethodName, DeclaredQuery>, QueriesFault>;

const compiled = new WeakMap<ServiceDefinition, Declared>();

/** The queries of a definition; compiled once a definition. */
export function declaredQueries(definition: ServiceDefinition): Declared {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const declared = compileQueries(definition);
  compiled.set(definition, declared);
  return declared;
}

function compileQueries({ schema }: ServiceDefinition): Declared {
  const parsed = parseServiceSchema(schema);
  if (!parsed.ok) return fault(`the schema cannot be read: ${parsed.error.code}`);
  const { types, queries } = parsed.value;
  const named: Record<string, AnyType> = { ...types };
  for (const [name, { params, result }] of Object.entries(queries)) {
    named[paramsOf(name)] = params;
    named[resultOf(name)] = result;
    for (const [field, type] of Object.entries(fieldsOf(types, params))) {
      named[fieldOf(name, field)] = type;
    }
  }
  const compiledTypes = compileSchema(named);
  if (!compiledTypes.ok) return fault(`a type cannot be used: ${compiledTypes.error.code}`);
  const declared = new Map<MethodName, DeclaredQuery>();
  for (const [name, { params }] of Object.entries(queries)) {
    const method = parseMethodName(name);
    if (!method.ok) return fault(`${name} cannot be the name of a query`);
    if (declared.has(method.value)) return fault(`the query ${name} is declared twice`);
    const fields = new Set(Object.keys(fieldsOf(types, params)));
    declared.set(method.value, queryOf(compiledTypes.value, name, fields));
  }
  return ok(declared);
}

function queryOf(schema: CompiledSchema, name: string, fields: ReadonlySet<string>): DeclaredQuery {
  const packArguments = (json: unknown) => schema.packJson(paramsOf(name), json);
  return {
    packArguments,
    packFields: (texts) => {
      const given: [string, unknown][] = [];
      for (const [field, text] of texts) {
        const isText = schema.packJson(fieldOf(name, field), text).ok;
        given.push([field, isText || !fields.has(field) ? text : jsonOf(text)]);
      }
      return packArguments(Object.fromEntries(given));
    },
    hasField: (field) => fields.has(field),
    resultJson: (packed) => schema.unpackJson(resultOf(name), packed),
  };
}

/** What is no JSON stays a text, which the type then refuses with its path. */
function jsonOf(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return text;
  }
}

/** Only arguments with names can be given one by one. */
function fieldsOf(types: SchemaTypes, params: AnyType): SchemaTypes {
  const type = resolveType(types, params);
  if (type === undefined) return {};
  if ("Object" in type) return type.Object;
  return "Struct" in type ? type.Struct : {};
}

function paramsOf(query: string): string {
  return `arguments of ${query}`;
}

function resultOf(query: string): string {
  return `result of ${query}`;
}

function fieldOf(query: string, field: string): string {
  return `argument ${field} of ${query}`;
}

function fault(message: string): Result<never, QueriesFault> {
  return err({ code: "queries-malformed", message });
}
