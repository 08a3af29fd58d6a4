import { bytesOf, type Connection, type SqlRow, type Statement } from "../sqlite.ts";
import type { KeyedRow } from "../state-store.ts";
import { quoted } from "./column-names.ts";
import type { KeyRange, SpaceRows } from "./space-rows.ts";

/** Rows that one statement writes. */
const rowsAtOnce = 32;

/** The rows of one space whose columns nobody has declared: keys and rows as bytes. */
export class BlobTable implements SpaceRows {
  private readonly connection: Connection;
  private readonly name: string;
  private readonly getStatement: Statement;
  private readonly rangeStatements = new Map<string, Statement>();
  private putStatement: Statement | undefined;
  private putManyStatement: Statement | undefined;
  private removeStatement: Statement | undefined;

  constructor(connection: Connection, name: string) {
    this.connection = connection;
    this.name = quoted(name);
    this.getStatement = connection.prepare(`SELECT row FROM ${this.name} WHERE key = ?`);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const found = this.getStatement.get(key);
    return found === undefined ? undefined : bytesOf(found[0]);
  }

  put(key: Uint8Array, row: Uint8Array): void {
    this.putStatement ??= this.connection.prepare(
      `INSERT INTO ${this.name} VALUES (?, ?) ON CONFLICT DO UPDATE SET row = excluded.row`,
    );
    this.putStatement.run(key, row);
  }

  putAll(rows: readonly KeyedRow[]): void {
    const whole = rows.length - (rows.length % rowsAtOnce);
    for (let at = 0; at < whole; at += rowsAtOnce) {
      this.putManyStatement ??= this.connection.prepare(
        `INSERT OR REPLACE INTO ${this.name} VALUES ${Array.from({ length: rowsAtOnce }, () => "(?, ?)").join(", ")}`,
      );
      const part = rows.slice(at, at + rowsAtOnce);
      this.putManyStatement.runAll(part.flatMap(({ key, row }) => [key, row]));
    }
    for (const { key, row } of rows.slice(whole)) this.put(key, row);
  }

  remove(key: Uint8Array): void {
    this.removeStatement ??= this.connection.prepare(`DELETE FROM ${this.name} WHERE key = ?`);
    this.removeStatement.run(key);
  }

  range({ from, to, reverse, limit }: KeyRange): readonly KeyedRow[] {
    const conditions = [
      ...(from === undefined ? [] : ["key >= ?"]),
      ...(to === undefined ? [] : ["key < ?"]),
    ];
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const order = reverse ? "DESC" : "ASC";
    const sql = `SELECT key, row FROM ${this.name} ${where} ORDER BY key ${order} LIMIT ?`;
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
    return this.connection.prepare(`SELECT 1 FROM ${this.name} LIMIT 1`).get() === undefined;
  }
}

export function createBlobTable(connection: Connection, name: string): void {
  connection.exec(
    `CREATE TABLE ${quoted(name)} (key BLOB PRIMARY KEY NOT NULL, row BLOB NOT NULL) WITHOUT ROWID`,
  );
}

function keyedRowOf(row: SqlRow): KeyedRow {
  return { key: bytesOf(row[0]), row: bytesOf(row[1]) };
}
