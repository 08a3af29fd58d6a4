import type { AccountName } from "@kith/protocol/ids";
import type { Column, TableDeclaration, TableColumns } from "@kith/protocol/table-columns";

import type { Connection } from "../sqlite.ts";
import { BlobTable, createBlobTable } from "./blob-table.ts";
import { quoted, tableNamesOf } from "./column-names.ts";
import { namedTables, type DeclaredTable } from "./declared-tables.ts";
import type { SpaceRows } from "./space-rows.ts";
import { blobTableName, hasTable } from "./table-names.ts";
import { addColumns, createIndex, createTable, TypedTable } from "./typed-table.ts";

export type TableChange = {
  readonly connection: Connection;
  readonly service: AccountName;
  readonly before: readonly DeclaredTable[];
  readonly declaration: TableDeclaration;
  /** Tables that are made get their indexes from `makeIndexes`, because all their rows are still to come. */
  readonly withoutIndexes: boolean;
};

const indexesMax = 16;

/**
 * Brings the tables of a service from one declaration to the next, as far as rows of both fit: new columns at the end,
 * other indexes, other names. What changes otherwise is left as bytes, so that the rows of the blocks that come with the
 * declaration can be written first; `settle` makes columns of them.
 */
export function changeTables(change: TableChange): void {
  const { connection, service, before, declaration } = change;
  const after = namedTables(service, declaration.tables);
  const kept: Kept[] = [];
  for (const old of before) {
    const next = after.find(({ number }) => number === old.number);
    if (next === undefined || !grows(old.columns, next.columns)) loosen(connection, service, old);
    else kept.push({ old, next });
  }
  rename(connection, service, kept);
  for (const { old, next } of kept) grow(connection, service, { old, next });
  for (const next of after) {
    const isKept = kept.some(({ old }) => old.number === next.number);
    if (!isKept && !hasRows(connection, service, next)) make(change, next);
  }
}

/** Makes columns of the rows that a declaration found, or left, as bytes. */
export function settleTables(
  connection: Connection,
  service: AccountName,
  tables: readonly DeclaredTable[],
): void {
  for (const table of tables) {
    const blobs = blobTableName(service, table.number * indexesMax);
    if (!hasTable(connection, blobs)) continue;
    createTable(connection, table.name, table.rows);
    copy(new BlobTable(connection, blobs), new TypedTable(connection, table.name, table.rows));
    finish(connection, service, table);
  }
}

type Kept = { readonly old: DeclaredTable; readonly next: DeclaredTable };

/** Every row of the one is a row of the other, with the same bytes. */
function grows(old: TableColumns, next: TableColumns): boolean {
  const added = next.columns.slice(old.columns.length);
  const isPrefix = old.columns.every((column, at) => same(column, next.columns[at]));
  const sameKey = same(old.keys[0], next.keys[0]);
  return isPrefix && sameKey && added.every(({ optional }) => optional) && sameStored(old, next);
}

/** An index may reach a field that had no column. */
function sameStored(old: TableColumns, next: TableColumns): boolean {
  const after = tableNamesOf(next).columns;
  return tableNamesOf(old).columns.every(({ field }, at) => after[at]?.field === field);
}

function same(
  one: Column | readonly number[] | undefined,
  other: Column | readonly number[] | undefined,
): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** To bytes, or away when there are no rows. */
function loosen(connection: Connection, service: AccountName, table: DeclaredTable): void {
  const typed = new TypedTable(connection, table.name, table.rows);
  if (!typed.isEmpty()) {
    const name = blobTableName(service, table.number * indexesMax);
    createBlobTable(connection, name);
    copy({ range: (range) => typed.range(0, range) }, new BlobTable(connection, name));
  }
  connection.exec(`DROP TABLE ${quoted(table.name)}`);
}

/** By way of names that nobody has, because two tables may have changed theirs with each other. */
function rename(connection: Connection, service: AccountName, kept: readonly Kept[]): void {
  const moving = kept.filter(({ old, next }) => old.name !== next.name);
  const between = ({ number }: DeclaredTable): string => `#${service}/${number}`;
  const move = (from: string, to: string): void =>
    connection.exec(`ALTER TABLE ${quoted(from)} RENAME TO ${quoted(to)}`);
  for (const { old } of moving) move(old.name, between(old));
  for (const { old, next } of moving) move(between(old), next.name);
}

function grow(connection: Connection, service: AccountName, { old, next }: Kept): void {
  addColumns(connection, next.name, { before: old.rows, rows: next.rows });
  if (next.columns.columns.length > old.columns.columns.length) putExactAgain(connection, next);
  for (let index = 1; index < indexesMax; index++) {
    const [was, is] = [old.columns.keys[index], next.columns.keys[index]];
    if (same(was, is)) continue;
    const name = indexName(service, next.number, index);
    if (was !== undefined) connection.exec(`DROP INDEX IF EXISTS ${quoted(name)}`);
    if (is !== undefined) createIndex(connection, { table: next.name, index, name }, next.rows);
  }
}

/** Rows whose last fields were not known may fit now. */
function putExactAgain(connection: Connection, { name, rows }: DeclaredTable): void {
  const table = new TypedTable(connection, name, rows);
  for (const key of table.exactKeys()) {
    const row = table.get(key);
    if (row !== undefined) table.put(key, row);
  }
}

function make(change: TableChange, table: DeclaredTable): void {
  const { connection, service, withoutIndexes } = change;
  createTable(connection, table.name, table.rows);
  if (!withoutIndexes) finish(connection, service, table);
}

/** Indexes come last, because a sorted index is made faster than a growing one. */
function finish(connection: Connection, service: AccountName, table: DeclaredTable): void {
  makeIndexes(connection, service, table);
  dropBlobs(connection, service, table.number * indexesMax);
  dropEntries(connection, service, table.number);
}

/** Those that the table does not have yet. */
export function makeIndexes(
  connection: Connection,
  service: AccountName,
  table: DeclaredTable,
): void {
  for (let index = 1; index < table.columns.keys.length; index++) {
    const name = indexName(service, table.number, index);
    createIndex(connection, { table: table.name, index, name }, table.rows);
  }
}

/** Index entries as they are kept of tables that are bytes. */
export function dropEntries(connection: Connection, service: AccountName, number: number): void {
  for (let index = 1; index < indexesMax; index++) {
    dropBlobs(connection, service, number * indexesMax + index);
  }
}

function dropBlobs(connection: Connection, service: AccountName, space: number): void {
  connection.exec(`DROP TABLE IF EXISTS ${quoted(blobTableName(service, space))}`);
}

function hasRows(connection: Connection, service: AccountName, { number }: DeclaredTable): boolean {
  const name = blobTableName(service, number * indexesMax);
  return hasTable(connection, name) && !new BlobTable(connection, name).isEmpty();
}

type Source = Pick<SpaceRows, "range">;

const rowsCopiedAtOnce = 256;

function copy(from: Source, to: Pick<SpaceRows, "putAll">): void {
  let next: Uint8Array | undefined;
  for (;;) {
    const start = next === undefined ? {} : { from: next };
    const rows = from.range({ ...start, reverse: false, limit: rowsCopiedAtOnce });
    to.putAll(rows);
    const last = rows.at(-1);
    if (last === undefined) return;
    next = new Uint8Array(last.key.length + 1);
    next.set(last.key);
  }
}

function indexName(service: AccountName, number: number, index: number): string {
  return `index/${service}/${number}/${index}`;
}
