import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, parseSchemaTypes } from "@kith/protocol/schema";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { BrokenInvariant } from "./errors.ts";
import { keyBytesMax } from "./limits.ts";
import type { RowAddress } from "./ports.ts";
import { keyOfRow } from "./row-key.ts";
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

/** The address of the row of a table that has this primary key, as JSON: an object with exactly the key's fields. */
export function rowAddressOf(
  { name, tables, schema }: ServiceDefinition,
  tableName: string,
  key: unknown,
): Result<FoundTable, RowAddressError> {
  const number = tables.findIndex((candidate) => candidate.name === tableName);
  const table = tables[number];
  const types = typesOf(schema);
  const row = table === undefined ? undefined : types[table.rowType];
  if (table === undefined || row === undefined) {
    return err({ code: "table-unknown", table: tableName });
  }
  const [fields = []] = table.indexes;
  const keyType: AnyType = { Object: membersOf(types, row, fields) };
  const keyName = freeName(types);
  const withKey: SchemaTypes = { ...types, [keyName]: keyType };
  const compiled = compileSchema(withKey);
  const layout = rowLayout(withKey, keyName);
  if (!compiled.ok || layout === undefined) {
    throw new BrokenInvariant(`the schema of ${name}, which is installed, does not compile`);
  }
  const packed = compiled.value.packJson(keyName, key);
  if (!packed.ok) {
    const { path, expected } =
      packed.error.code === "json-does-not-fit" ? packed.error : { path: "$", expected: "a key" };
    return err({ code: "key-malformed", path, expected });
  }
  const bytes = keyOfRow(layout)(packed.value);
  if (bytes === undefined || bytes.length > keyBytesMax) {
    return err({ code: "key-malformed", path: "$", expected: `at most ${keyBytesMax} bytes` });
  }
  const jsonOf: FoundTable["jsonOf"] = (packedRow) => {
    const json = compiled.value.unpackJson(table.rowType, packedRow);
    return json.ok ? json.value : undefined;
  };
  return ok({ address: { service: name, space: spaceOf(number, 0), key: bytes }, jsonOf });
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
