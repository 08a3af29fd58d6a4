import { parseSchemaTypes } from "@kith/protocol/schema";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition, TableDefinition } from "@kith/protocol/service-abi";
import type { Column, ColumnType, NumberedTable, TableColumns } from "@kith/protocol/table-columns";

import {
  fieldKind,
  fixedSize,
  isAccount,
  isByteSequence,
  isJson,
  resolve,
  type Json,
  type Types,
} from "./schema-layout.ts";

/**
 * Counts the changes of what this file makes of a schema: then every node makes its tables again from the rows that
 * it has.
 */
export const columnsRevision = 1;

/** The columns of a definition's tables, by their numbers; those that cannot be tables are left out. */
export function columnsOf({ tables, schema }: ServiceDefinition): readonly NumberedTable[] {
  const types = typesOf(schema);
  const known = parseSchemaTypes(types);
  const schemaTypes = known.ok ? known.value : undefined;
  return tables.flatMap((table, number) => {
    const columns = tableColumns(types, schemaTypes, table);
    return columns === undefined ? [] : [{ number, columns }];
  });
}

function tableColumns(
  types: Types,
  schemaTypes: SchemaTypes | undefined,
  { name, rowType, indexes }: TableDefinition,
): TableColumns | undefined {
  const members = resolve(types, rowType, 0)?.["Object"];
  if (!isJson(members)) return undefined;
  const columns = Object.entries(members).map(([field, type]) =>
    columnOf(types, schemaTypes, field, type),
  );
  const keys = indexes.map((fields) =>
    fields.map((field) => columns.findIndex((column) => column.name === field)),
  );
  if (keys.flat().includes(-1)) return undefined;
  return { name, columns, keys, types: typesUsed(schemaTypes, columns) };
}

function columnOf(
  types: Types,
  schemaTypes: SchemaTypes | undefined,
  name: string,
  type: unknown,
): Column {
  const option = behindCustoms(types, type)?.["Option"];
  const value = option ?? type;
  const column = columnType(types, value, schemaTypes !== undefined);
  return { name, type: column, optional: option !== undefined };
}

function columnType(types: Types, type: unknown, isSchema: boolean): ColumnType {
  const base = behindCustoms(types, type);
  const kind = fieldKind(types, type, 0);
  switch (kind.kind) {
    case "unsigned":
      if (isAccount(types, type) && kind.sizeBytes === 8) return { kind: "account" };
      return { kind: "integer", sizeBytes: kind.sizeBytes, isSigned: false };
    case "fixed-bytes":
      return { kind: "bytes", sizeBytes: kind.sizeBytes };
    case "variable-bytes":
      return { kind: isText(types, type) ? "text" : "bytes" };
    case "other":
      break;
  }
  const sizeBytes = base === undefined ? undefined : fixedSize(types, base, 0);
  if (isJson(base?.["Int"]) && sizeBytes !== undefined && sizeBytes <= integerBytesMax) {
    return { kind: "integer", sizeBytes, isSigned: true };
  }
  if (isJson(base?.["Float"]) && (sizeBytes === 4 || sizeBytes === 8)) {
    return { kind: "float", sizeBytes };
  }
  if (base?.["List"] !== undefined && isByteSequence(types, base["List"], 0)) {
    return { kind: "bytes" };
  }
  return {
    kind: "packed",
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(isSchema && isAnyType(type) ? { type } : {}),
  };
}

const integerBytesMax = 8;
const customsMax = 64;

/** What is packed, whatever it means to those who read it. */
function behindCustoms(types: Types, type: unknown): Json | undefined {
  let current = resolve(types, type, 0);
  for (let left = customsMax; left > 0; left--) {
    const custom = current?.["Custom"];
    if (!isJson(custom)) return current;
    current = resolve(types, custom["type"], 0);
  }
  return undefined;
}

/** The outermost meaning counts. */
function isText(types: Types, type: unknown): boolean {
  let current = resolve(types, type, 0);
  for (let left = customsMax; left > 0; left--) {
    const custom = current?.["Custom"];
    if (!isJson(custom) || custom["id"] === "hex") return false;
    if (custom["id"] === "string") return true;
    current = resolve(types, custom["type"], 0);
  }
  return false;
}

/** The whole schema was parsed before. */
function isAnyType(type: unknown): type is AnyType {
  return typeof type === "string" || isJson(type);
}

/** Those of the named types that packed columns lead to. */
function typesUsed(types: SchemaTypes | undefined, columns: readonly Column[]): SchemaTypes {
  const used: Record<string, AnyType> = {};
  const look = (json: unknown): void => {
    if (typeof json === "string") {
      const named = types !== undefined && Object.hasOwn(types, json) ? types[json] : undefined;
      if (named === undefined || Object.hasOwn(used, json)) return;
      used[json] = named;
      look(named);
    } else if (Array.isArray(json)) json.forEach(look);
    else if (isJson(json)) Object.values(json).forEach(look);
  };
  for (const { type } of columns) if (type.kind === "packed") look(type.type);
  return used;
}

function typesOf(schema: string): Types {
  const parsed: unknown = JSON.parse(schema);
  if (!isJson(parsed) || !("types" in parsed)) return {};
  return isJson(parsed["types"]) ? parsed["types"] : {};
}
