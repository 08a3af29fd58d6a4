import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition, TableDefinition } from "@kith/protocol/service-abi";
import { parseServiceSchema } from "@kith/protocol/service-schema";

import { BrokenInvariant } from "./errors.ts";
import { indexesMax, keyFieldsMax, tablesMax } from "./limits.ts";
import { keyOfRow, type KeyOfRow } from "./row-key.ts";
import { rowLayout } from "./schema-layout.ts";

/** A service's table as the node keeps it: how each index's key is taken out of a row. */
export type ServiceTable = {
  readonly name: string;
  /** Whether the bytes are a row of the declared type. */
  readonly isRow: (row: Uint8Array) => boolean;
  readonly primaryKey: KeyOfRow;
  /** The declared indexes after the primary key; entry 0 is index 1. */
  readonly indexKeys: readonly KeyOfRow[];
  /** The first field of the primary key is an account: rows belong to somebody. */
  readonly ownedByAccount: boolean;
};

/** Why tables cannot be kept as they are declared. */
export type TableFault = { readonly code: "tables-malformed"; readonly message: string };

type Compiled = Result<readonly ServiceTable[], TableFault>;

const compiled = new WeakMap<ServiceDefinition, Compiled>();

/** The tables of a definition; compiled once a definition. */
export function compileTables(definition: ServiceDefinition): Compiled {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const made = compileAll(definition);
  compiled.set(definition, made);
  return made;
}

/** The tables of a service that is installed: they were compiled before. */
export function tablesOf({
  definition,
}: {
  readonly definition: ServiceDefinition;
}): readonly ServiceTable[] {
  const tables = compileTables(definition);
  if (tables.ok) return tables.value;
  throw new BrokenInvariant(`${definition.name} is installed with ${tables.error.message}`);
}

function compileAll({ tables, schema }: ServiceDefinition): Compiled {
  if (tables.length > tablesMax) return fault(`more than ${tablesMax} tables`);
  const names = new Set(tables.map(({ name }) => name));
  if (names.size < tables.length) return fault("two tables of one name");
  const parsed = parseServiceSchema(schema);
  if (!parsed.ok) return fault(`a schema that cannot be read: ${parsed.error.code}`);
  const { types } = parsed.value;
  const rowTypes = compileSchema(types);
  if (!rowTypes.ok) return fault(`a type that cannot be used: ${rowTypes.error.code}`);
  const made: ServiceTable[] = [];
  for (const table of tables) {
    const each = compileTable(types, rowTypes.value, table);
    if (!each.ok) return each;
    made.push(each.value);
  }
  return ok(made);
}

function compileTable(
  types: SchemaTypes,
  rowTypes: CompiledSchema,
  table: TableDefinition,
): Result<ServiceTable, TableFault> {
  const layout = rowLayout(types, table.rowType);
  if (layout === undefined) return fault(`no row type ${table.rowType} for table ${table.name}`);
  if (table.indexes.length === 0 || table.indexes.length > indexesMax) {
    return fault(`${table.indexes.length} indexes of table ${table.name}`);
  }
  const keys: KeyOfRow[] = [];
  for (const names of table.indexes) {
    if (names.length > keyFieldsMax) return fault(`too many fields in a key of ${table.name}`);
    const fields = [];
    for (const name of names) {
      const field = layout.find((candidate) => candidate.name === name);
      if (field === undefined || field.kind.kind === "other") {
        return fault(`an index of table ${table.name} by ${name}, which cannot be one`);
      }
      fields.push(field);
    }
    keys.push(keyOfRow(fields));
  }
  const [primaryKey, ...indexKeys] = keys;
  if (primaryKey === undefined) return fault(`no primary key of table ${table.name}`);
  const ownerField = table.indexes[0]?.[0];
  const ownedByAccount = layout.find((field) => field.name === ownerField)?.isAccount === true;
  const isRow = (row: Uint8Array): boolean => rowTypes.validate(table.rowType, row) === undefined;
  return ok({ name: table.name, isRow, primaryKey, indexKeys, ownedByAccount });
}

function fault(message: string): Result<never, TableFault> {
  return err({ code: "tables-malformed", message });
}

/** The named types of a schema's JSON. */
export function typesOf(schema: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(schema);
  if (typeof parsed !== "object" || parsed === null || !("types" in parsed)) return {};
  const { types } = parsed;
  return typeof types === "object" && types !== null ? { ...types } : {};
}
