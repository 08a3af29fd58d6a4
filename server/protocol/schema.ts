/**
 * The psibase schema format (psibase specification, data-formats/schema.md): types as data, and values of them between
 * JSON and fracpack. 64-bit integers are decimal strings in JSON, byte strings upper-case hex, absent options null.
 */
import type { AnyCodec } from "./fracpack.ts";
import { checkBytes, openSource, packBytes, type FracpackError } from "./fracpack/layout.ts";
import { err, ok, type Result } from "./result.ts";
import type { AnyType, SchemaTypes } from "./schema-types.ts";
import { compileTypes, type SchemaError } from "./schema/compile.ts";
import { startAttempt, type Json, type JsonError, type JsonType } from "./schema/json-type.ts";
import { parseTypes } from "./schema/parse.ts";
import { schemaSchema } from "./schema/schema-schema.ts";

export type { Json, JsonError } from "./schema/json-type.ts";

export type UnknownTypeError = { readonly code: "type-unknown"; readonly typeName: string };

export type CompiledSchema = {
  readonly types: SchemaTypes;
  /** Packs JSON as a value of the named type. */
  packJson(typeName: string, json: unknown): Result<Uint8Array, JsonError | UnknownTypeError>;
  /** Validates the bytes, then gives their JSON. */
  unpackJson(typeName: string, packed: Uint8Array): Result<Json, FracpackError | UnknownTypeError>;
  /** Undefined when the bytes are a value of the named type. */
  validate(typeName: string, packed: Uint8Array): FracpackError | UnknownTypeError | undefined;
};

/** Compiles all types of a schema. Schemas of services come from outside: parse their JSON with `parseSchemaTypes`. */
export function compileSchema(types: SchemaTypes): Result<CompiledSchema, SchemaError> {
  const compiled = compileTypes(types);
  return compiled.ok ? ok(compiledSchema(types, compiled.value)) : compiled;
}

/** The named types of a schema from its JSON. */
export function parseSchemaTypes(json: unknown): Result<SchemaTypes, SchemaError> {
  return parseTypes(json);
}

export function schemaOf(codec: AnyCodec): AnyType {
  return codec.schema;
}

/** The packed form of a schema's named types. Throws when they are no schema: see `parseSchemaTypes`. */
export function packSchema(types: SchemaTypes): Uint8Array {
  const packed = schemaOfSchemas().packJson("schema", types);
  if (!packed.ok) throw new TypeError(`not a schema: ${JSON.stringify(packed.error)}`);
  return packed.value;
}

export function unpackSchema(packed: Uint8Array): Result<SchemaTypes, FracpackError | SchemaError> {
  const json = schemaOfSchemas().unpackJson("schema", packed);
  if (json.ok) return parseTypes(json.value);
  const { error } = json;
  return error.code === "type-unknown"
    ? err({ code: "schema-malformed", typeName: "" })
    : err(error);
}

function schemaOfSchemas(): CompiledSchema {
  const compiled = compileSchema(schemaSchema);
  if (!compiled.ok) throw new Error("the schema of schemas does not compile");
  return compiled.value;
}

function compiledSchema(
  types: SchemaTypes,
  compiled: ReadonlyMap<string, JsonType>,
): CompiledSchema {
  const validate: CompiledSchema["validate"] = (typeName, packed) => {
    const type = compiled.get(typeName);
    if (type === undefined) return { code: "type-unknown", typeName };
    return checkBytes(openSource(packed), type.layout);
  };
  return {
    types,
    validate,
    packJson: (typeName, json) => {
      const type = compiled.get(typeName);
      if (type === undefined) return err({ code: "type-unknown", typeName });
      const attempt = startAttempt();
      if (type.accepts(json, attempt)) return ok(packBytes(type.layout, json));
      return err(attempt.error ?? { code: "json-does-not-fit", path: "$", expected: typeName });
    },
    unpackJson: (typeName, packed) => {
      const type = compiled.get(typeName);
      if (type === undefined) return err({ code: "type-unknown", typeName });
      const source = openSource(packed);
      const fault = checkBytes(source, type.layout);
      if (fault !== undefined) return err(fault);
      return ok(asJson(type.layout.read(source, 0)));
    },
  };
}

/** Layouts of JSON types read JSON; this lets the type checker know. */
function asJson(value: unknown): Json {
  return isJson(value) ? value : null;
}

function isJson(value: unknown): value is Json {
  return value !== undefined;
}
