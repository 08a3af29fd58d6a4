import type { ServiceModule, TableDefinition } from "@kith/protocol/service-abi";

import { BrokenInvariant } from "./errors.ts";
import { indexesMax, tablesMax } from "./limits.ts";
import { keyOfRow, type KeyOfRow } from "./row-key.ts";
import { rowLayout } from "./schema-layout.ts";

/** A service's table as the node keeps it: how each index's key is taken out of a row. */
export type ServiceTable = {
  readonly name: string;
  readonly primaryKey: KeyOfRow;
  /** The declared indexes after the primary key; entry 0 is index 1. */
  readonly indexKeys: readonly KeyOfRow[];
  /** The first field of the primary key is an account: rows belong to somebody. */
  readonly ownedByAccount: boolean;
};

const compiled = new WeakMap<ServiceModule, readonly ServiceTable[]>();

/** The tables that a module declares; compiled once a module. */
export function tablesOf(module: ServiceModule): readonly ServiceTable[] {
  const known = compiled.get(module);
  if (known !== undefined) return known;
  const { tables, schema, name } = module.definition;
  if (tables.length > tablesMax) throw new BrokenInvariant(`${name} declares too many tables`);
  const types = typesOf(schema);
  const made = tables.map((table) => compileTable(name, types, table));
  compiled.set(module, made);
  return made;
}

function compileTable(
  service: string,
  types: Readonly<Record<string, unknown>>,
  table: TableDefinition,
): ServiceTable {
  const layout = rowLayout(types, table.rowType);
  const broken = (why: string): BrokenInvariant =>
    new BrokenInvariant(`table ${table.name} of ${service} ${why}`);
  if (layout === undefined) throw broken(`has no row type ${table.rowType}`);
  if (table.indexes.length === 0 || table.indexes.length > indexesMax) {
    throw broken(`has ${table.indexes.length} indexes`);
  }
  const [primaryKey, ...indexKeys] = table.indexes.map((names) => {
    const fields = names.map((name) => {
      const field = layout.find((candidate) => candidate.name === name);
      if (field === undefined || field.kind.kind === "other") throw broken(`cannot index ${name}`);
      return field;
    });
    return keyOfRow(fields);
  });
  if (primaryKey === undefined) throw broken("has no primary key");
  const ownerField = table.indexes[0]?.[0];
  return {
    name: table.name,
    primaryKey,
    indexKeys,
    ownedByAccount: layout.find((field) => field.name === ownerField)?.isAccount === true,
  };
}

function typesOf(schema: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(schema);
  if (typeof parsed !== "object" || parsed === null || !("types" in parsed)) return {};
  const { types } = parsed;
  return typeof types === "object" && types !== null ? { ...types } : {};
}
