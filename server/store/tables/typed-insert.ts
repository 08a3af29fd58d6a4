import type { Connection, SqlValue, Statement } from "../sqlite.ts";
import type { KeyedRow } from "../state-store.ts";
import { exactColumn, quoted } from "./column-names.ts";
import type { TypedRows } from "./typed-rows.ts";

/** Rows that one statement writes at most, and values that it has: each statement costs as much as a row or two. */
const rowsAtOnce = 32;
const valuesAtOnce = 512;

/** Writes rows into a declared table. */
export class TypedInsert {
  private readonly connection: Connection;
  private readonly table: string;
  private readonly rows: TypedRows;
  private readonly together: number;
  private one: Statement | undefined;
  private many: Statement | undefined;

  constructor(connection: Connection, name: string, rows: TypedRows) {
    this.connection = connection;
    this.table = quoted(name);
    this.rows = rows;
    const values = rows.names.columns.length + 1;
    this.together = Math.max(1, Math.min(rowsAtOnce, Math.floor(valuesAtOnce / values)));
  }

  put(key: Uint8Array, row: Uint8Array): void {
    this.one ??= this.connection.prepare(this.sql(1));
    const bound: SqlValue[] = [];
    this.bind(bound, key, row);
    this.one.runAll(bound);
  }

  putAll(rows: readonly KeyedRow[]): void {
    const whole = rows.length - (rows.length % this.together);
    for (let at = 0; at < whole; at += this.together) {
      this.many ??= this.connection.prepare(this.sql(this.together));
      const bound: SqlValue[] = [];
      for (let next = at; next < at + this.together; next++) {
        const { key, row } = rows[next] ?? never();
        this.bind(bound, key, row);
      }
      this.many.runAll(bound);
    }
    for (const { key, row } of rows.slice(whole)) this.put(key, row);
  }

  private bind(bound: SqlValue[], key: Uint8Array, row: Uint8Array): void {
    const { values, exact } = this.rows.storedOf(key, row);
    for (const { field, json } of this.rows.names.columns) {
      const value = values[field] ?? null;
      bound.push(value);
      if (json !== undefined) bound.push(this.rows.jsonOf(field, value));
    }
    bound.push(exact);
  }

  private sql(rows: number): string {
    const columns: string[] = [];
    const values: string[] = [];
    for (const { field, sql, json } of this.rows.names.columns) {
      columns.push(sql);
      values.push(this.rows.fields[field]?.column.type.kind === "text" ? "CAST(? AS TEXT)" : "?");
      if (json === undefined) continue;
      columns.push(json);
      values.push("?");
    }
    const row = `(${[...values, "?"].join(", ")})`;
    return (
      `INSERT OR REPLACE INTO ${this.table} (${[...columns, exactColumn].join(", ")}) ` +
      `VALUES ${Array.from({ length: rows }, () => row).join(", ")}`
    );
  }
}

function never(): never {
  throw new Error("there are as many rows as there are");
}
