import type { TableColumns } from "@kith/protocol/table-columns";

import { columnNameCharsMax, columnsMax } from "../limits.ts";

/** How a table of a service is called in SQL, and its columns. Names come from schemas: any text is possible. */
type StoredColumn = {
  /** The field by its place in the row. */
  readonly field: number;
  /** Where the value is, from which the row is made again. */
  readonly sql: string;
  /** Where SQL finds it as JSON, for what is no value of SQL. */
  readonly json: string | undefined;
};

export type TableNames = {
  readonly columns: readonly StoredColumn[];
  /** Every field has a column. */
  readonly complete: boolean;
};

/** Holds the bytes of a row that its columns would not give back. */
export const exactColumn = quoted("#row");
/** The key of a table that has at most one row. */
export const onlyColumn = quoted("#only");

/** The first fields have columns, and all that are part of keys. */
export function tableNamesOf({ columns, keys }: TableColumns): TableNames {
  const taken = new Set(["#row", "#only"]);
  const keyed = new Set(keys.flat());
  const stored: StoredColumn[] = [];
  for (const [field, { name, type }] of columns.entries()) {
    if (field >= columnsMax && !keyed.has(field)) continue;
    const own = quoted(freeName(name, taken));
    const hasJson = type.kind === "packed" && type.type !== undefined;
    const sql = hasJson ? quoted(freeName(`${name}#packed`, taken)) : own;
    stored.push({ field, sql, json: hasJson ? own : undefined });
  }
  return { columns: stored, complete: stored.length === columns.length };
}

/** The names of a service's tables, without the service's own in front, in the order in which they are given. */
export function ownTableNames(tables: readonly { readonly name: string }[]): readonly string[] {
  const taken = new Set<string>();
  return tables.map(({ name }) => freeName(name, taken));
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQLite compares names without regard to case, and ends them at a zero. */
function freeName(wanted: string, taken: Set<string>): string {
  const base = wanted.toWellFormed().replaceAll("\0", "?").slice(0, columnNameCharsMax) || "?";
  let name = base;
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${base}~${count}`;
  taken.add(name.toLowerCase());
  return name;
}
