import { brandAccountName } from "@kith/protocol/ids";
import type { AccountName } from "@kith/protocol/ids";

import { BySpace } from "./by-space.ts";
import { bytesOf, textOf } from "./sqlite.ts";
import type { Connection, SqlRow, Statement } from "./sqlite.ts";
import type { KeyedRow, RowRange, Space } from "./state-store.ts";

/** The table that holds the rows of one space, with its prepared statements. */
export class SpaceTable {
  private readonly connection: Connection;
  private readonly name: string;
  private readonly getStatement: Statement;
  private readonly rangeStatements = new Map<string, Statement>();
  private putStatement: Statement | undefined;
  private removeStatement: Statement | undefined;

  constructor(connection: Connection, name: string) {
    this.connection = connection;
    this.name = name;
    this.getStatement = connection.prepare(`SELECT row FROM "${name}" WHERE key = ?`);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const found = this.getStatement.get(key);
    return found === undefined ? undefined : bytesOf(found[0]);
  }

  put(key: Uint8Array, row: Uint8Array): void {
    this.putStatement ??= this.connection.prepare(
      `INSERT INTO "${this.name}" VALUES (?, ?) ON CONFLICT DO UPDATE SET row = excluded.row`,
    );
    this.putStatement.run(key, row);
  }

  remove(key: Uint8Array): void {
    this.removeStatement ??= this.connection.prepare(`DELETE FROM "${this.name}" WHERE key = ?`);
    this.removeStatement.run(key);
  }

  range({ from, to, reverse, limit }: RowRange): readonly KeyedRow[] {
    const conditions = [
      ...(from === undefined ? [] : ["key >= ?"]),
      ...(to === undefined ? [] : ["key < ?"]),
    ];
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const order = reverse ? "DESC" : "ASC";
    const sql = `SELECT key, row FROM "${this.name}" ${where} ORDER BY key ${order} LIMIT ?`;
    const statement = this.rangeStatements.get(sql) ?? this.connection.prepare(sql);
    this.rangeStatements.set(sql, statement);
    const values = [
      ...(from === undefined ? [] : [from]),
      ...(to === undefined ? [] : [to]),
      Math.min(limit, Number.MAX_SAFE_INTEGER),
    ];
    if (limit !== 1) return statement.all(...values).map(keyedRowOf);
    const found = statement.get(...values);
    return found === undefined ? [] : [keyedRowOf(found)];
  }

  isEmpty(): boolean {
    return this.connection.prepare(`SELECT 1 FROM "${this.name}" LIMIT 1`).get() === undefined;
  }
}

/** The tables of all spaces, as one connection sees them. */
export class SpaceTables {
  private readonly connection: Connection;
  /** Undefined for a space that has no table, which only the writer can be sure of. */
  private readonly known = new BySpace<SpaceTable | undefined>();
  private readonly isWriter: boolean;

  constructor(connection: Connection, kind: "writer" | "reader") {
    this.connection = connection;
    this.isWriter = kind === "writer";
  }

  find(service: AccountName, space: number): SpaceTable | undefined {
    const known = this.known.get(service, space);
    if (known !== undefined || this.known.has(service, space)) return known;
    const name = tableNameOf(service, space);
    const found = this.connection
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
      .get(name);
    if (found !== undefined) return this.remember(service, space, name);
    if (this.isWriter) this.known.set(service, space, undefined);
    return undefined;
  }

  findOrCreate(service: AccountName, space: number): SpaceTable {
    const found = this.find(service, space);
    if (found !== undefined) return found;
    const name = tableNameOf(service, space);
    this.connection.exec(
      `CREATE TABLE "${name}" (key BLOB PRIMARY KEY NOT NULL, row BLOB NOT NULL) WITHOUT ROWID`,
    );
    return this.remember(service, space, name);
  }

  /** Every space that has rows, by service and number. */
  list(): readonly Space[] {
    return this.listTables()
      .filter(({ service, space }) => this.find(service, space)?.isEmpty() === false)
      .toSorted(compareSpaces);
  }

  /** Empties every table; none is dropped, because readers keep statements on them. */
  clear(): void {
    for (const { service, space } of this.listTables()) {
      this.connection.exec(`DELETE FROM "${tableNameOf(service, space)}"`);
    }
  }

  /** After a rollback, which takes back the making of tables too: their statements are no longer good. */
  forget(): void {
    this.known.clear();
  }

  private listTables(): readonly Space[] {
    const names = this.connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'rows/%'")
      .all();
    return names.map(([name]) => {
      const [, service = "", space = ""] = textOf(name).split("/");
      return { service: brandAccountName(service), space: Number(space) };
    });
  }

  private remember(service: AccountName, space: number, name: string): SpaceTable {
    const table = new SpaceTable(this.connection, name);
    this.known.set(service, space, table);
    return table;
  }
}

export function compareSpaces(a: Space, b: Space): number {
  if (a.service === b.service) return a.space - b.space;
  return a.service < b.service ? -1 : 1;
}

/** The name goes into SQL as text, so nothing else than the characters of account names and digits may be in it. */
export function tableNameOf(service: AccountName, space: number): string {
  if (!/^[a-z0-9-]*$/.test(service) || !Number.isSafeInteger(space) || space < 0) {
    throw new Error(`"${service}" and ${space} name no space of rows`);
  }
  return `rows/${service}/${space}`;
}

function keyedRowOf(row: SqlRow): KeyedRow {
  return { key: bytesOf(row[0]), row: bytesOf(row[1]) };
}
