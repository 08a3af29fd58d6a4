import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, parseSchemaTypes, type CompiledSchema } from "@kith/protocol/schema";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { BrokenInvariant } from "./errors.ts";
import { keyBytesMax } from "./limits.ts";
import type { RowAddress } from "./ports.ts";
import { keyOfRow, type KeyOfRow } from "./row-key.ts";
import { rowLayout } from "./schema-layout.ts";
import { spaceOf } from "./space.ts";

export type RowAddressError =
  | { readonly code: "table-unknown"; readonly table: string }
  /** `path` is a place in the JSON, as in `$.owner`. */
  | { readonly code: "key-malformed"; readonly path: string; readonly expected: string };

/** Where a row is, and how it reads. */
export type FoundTable = {
  readonly address: RowAddress;
  /** psibase's JSON of a row; undefined when the bytes are none. */
  readonly jsonOf: (row: Uint8Array) => unknown;
};

/** What is worth making once a definition. */
type CompiledKey = {
  readonly schema: CompiledSchema;
  readonly keyName: string;
  readonly rowType: string;
  readonly number: number;
  readonly keyOf: KeyOfRow;
};

const compiled = new WeakMap<ServiceDefinition, Map<string, CompiledKey>>();

/** The address of the row of a table that has this primary key, as JSON: an object with exactly the key's fields. */
export function rowAddressOf(
  definition: ServiceDefinition,
  tableName: string,
  key: unknown,
): Result<FoundTable, RowAddressError> {
  const table = compiledKeyOf(definition, tableName);
  if (table === undefined) return err({ code: "table-unknown", table: tableName });
  const { schema, keyName, rowType, number, keyOf } = table;
  const packed = schema.packJson(keyName, key);
  if (!packed.ok) {
    const { path, expected } =
      packed.error.code === "json-does-not-fit" ? packed.error : { path: "$", expected: "a key" };
    return err({ code: "key-malformed", path, expected });
  }
  const bytes = keyOf(packed.value);
  if (bytes === undefined || bytes.length > keyBytesMax) {
    return err({ code: "key-malformed", path: "$", expected: `at most ${keyBytesMax} bytes` });
  }
  const jsonOf: FoundTable["jsonOf"] = (row) => {
    const json = schema.unpackJson(rowType, row);
    return json.ok ? json.value : undefined;
  };
  const address = { service: definition.name, space: spaceOf(number, 0), key: bytes };
  return ok({ address, jsonOf });
}

function compiledKeyOf(definition: ServiceDefinition, tableName: string): CompiledKey | undefined {
  const ofDefinition = compiled.get(definition) ?? new Map<string, CompiledKey>();
  compiled.set(definition, ofDefinition);
  const known = ofDefinition.get(tableName);
  if (known !== undefined) return known;
  const made = compileKey(definition, tableName);
  if (made !== undefined) ofDefinition.set(tableName, made);
  return made;
}

function compileKey(
  { name, tables, schema }: ServiceDefinition,
  tableName: string,
): CompiledKey | undefined {
  const number = tables.findIndex((candidate) => candidate.name === tableName);
  const table = tables[number];
  const types = typesOf(schema);
  const row = table === undefined ? undefined : types[table.rowType];
  if (table === undefined || row === undefined) return undefined;
  const [fields = []] = table.indexes;
  const keyName = freeName(types);
  const withKey: SchemaTypes = { ...types, [keyName]: { Object: membersOf(types, row, fields) } };
  const compiledSchema = compileSchema(withKey);
  const layout = rowLayout(withKey, keyName);
  if (!compiledSchema.ok || layout === undefined) {
    throw new BrokenInvariant(`the schema of ${name}, which is installed, does not compile`);
  }
  const { rowType } = table;
  return { schema: compiledSchema.value, keyName, rowType, number, keyOf: keyOfRow(layout) };
}

function typesOf(schema: string): SchemaTypes {
  const parsed: unknown = JSON.parse(schema);
  const given =
    typeof parsed === "object" && parsed !== null && "types" in parsed ? parsed.types : {};
  const types = parseSchemaTypes(given);
  return types.ok ? types.value : {};
}

function membersOf(
  types: SchemaTypes,
  row: AnyType,
  fields: readonly string[],
): Readonly<Record<string, AnyType>> {
  let resolved: AnyType | undefined = row;
  for (let steps = 0; steps < 64 && typeof resolved === "string"; steps++) {
    resolved = types[resolved];
  }
  if (resolved === undefined || typeof resolved === "string" || !("Object" in resolved)) return {};
  const members = resolved.Object;
  return Object.fromEntries(
    fields.flatMap((field) => {
      const type = members[field];
      return type === undefined ? [] : [[field, type]];
    }),
  );
}

/** A name that no type of the service has. */
function freeName(types: SchemaTypes, name = "key"): string {
  return Object.hasOwn(types, name) ? freeName(types, `${name}'`) : name;
}
