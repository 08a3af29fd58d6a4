import type { Connection, SqlRow, Statement } from "../sqlite.ts";
import type { KeyedRow } from "../state-store.ts";
import { exactColumn, onlyColumn, quoted } from "./column-names.ts";
import { blobOf } from "./fixed-values.ts";
import { keyBoundOf, type KeyBound } from "./key-bounds.ts";
import type { KeyCodec } from "./key-values.ts";
import type { RowField } from "./row-fields.ts";
import type { KeyRange } from "./space-rows.ts";
import { TypedInsert } from "./typed-insert.ts";
import type { TypedRows } from "./typed-rows.ts";

/** A declared table: one column a field, the primary key and the indexes on these columns. */
export class TypedTable {
  readonly rows: TypedRows;
  private readonly connection: Connection;
  private readonly table: string;
  private readonly sqlOf: ReadonlyMap<RowField, string>;
  /** Where in a stored row integers are that a number may not hold. */
  private readonly bigAt: readonly number[];
  /** Where in a stored row the fields of the primary key are. */
  private readonly keyAt: readonly number[];
  private readonly statements = new Map<string, TwoWays>();
  private readonly getStatement: TwoWays;
  /** Where the value of each stored column is: in the key that was asked for, or in what was found. */
  private readonly getSources: readonly { readonly inKey: boolean; readonly at: number }[];
  private readonly insert: TypedInsert;
  private removeStatement: Statement | undefined;

  constructor(connection: Connection, name: string, rows: TypedRows) {
    this.connection = connection;
    this.table = quoted(name);
    this.rows = rows;
    this.insert = new TypedInsert(connection, name, rows);
    this.sqlOf = columnsOf(rows);
    this.bigAt = rows.names.columns.flatMap(({ field }, at) =>
      isBig(this.field(field).column.type) ? [at] : [],
    );
    this.keyAt = (rows.columns.keys[0] ?? []).map((field) =>
      rows.names.columns.findIndex((column) => column.field === field),
    );
    const asked = rows.names.columns.filter((_, at) => !this.keyAt.includes(at));
    this.getSources = rows.names.columns.map((column, at) => {
      const inKey = this.keyAt.indexOf(at);
      return inKey < 0 ? { inKey: false, at: asked.indexOf(column) } : { inKey: true, at: inKey };
    });
    this.getStatement = this.twoWays(
      `SELECT ${[...asked.map(({ field }) => this.read(this.field(field))), exactColumn].join(", ")} ` +
        `FROM ${this.table} WHERE ${this.hasKey()}`,
      asked.flatMap(({ field }, at) => (isBig(this.field(field).column.type) ? [at] : [])),
    );
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const keyValues = this.rows.primaryKey.valuesOf(key);
    if (keyValues === undefined) return undefined;
    const found = this.getStatement.get(keyValues);
    if (found === undefined) return undefined;
    const exact = found[found.length - 1] ?? null;
    if (exact !== null) return new Uint8Array(blobOf(exact));
    const values = this.getSources.map(({ inKey, at }) => (inKey ? keyValues : found)[at] ?? null);
    return this.rows.rowOf({ values, exact: null });
  }

  put(key: Uint8Array, row: Uint8Array): void {
    this.insert.put(key, row);
  }

  /** Many rows at once, which is quicker. */
  putAll(rows: readonly KeyedRow[]): void {
    this.insert.putAll(rows);
  }

  remove(key: Uint8Array): void {
    const values = this.rows.primaryKey.valuesOf(key);
    if (values === undefined) return;
    this.removeStatement ??= this.connection.prepare(
      `DELETE FROM ${this.table} WHERE ${this.hasKey()}`,
    );
    this.removeStatement.run(...values);
  }

  /** Entries of an index have the indexed fields and the primary key as their key, and the primary key as their row. */
  range(index: number, range: KeyRange): readonly KeyedRow[] {
    const codec = this.rows.indexKeys[index];
    if (codec === undefined) return [];
    const from = range.from === undefined ? undefined : keyBoundOf(codec, range.from);
    const to = range.to === undefined ? undefined : keyBoundOf(codec, range.to);
    const statement = this.rangeStatement(index, codec, { from, to, reverse: range.reverse });
    const found = statement.all([
      ...(from?.values ?? []),
      ...(to?.values ?? []),
      Math.min(range.limit, Number.MAX_SAFE_INTEGER),
    ]);
    if (index === 0) return found.map((row) => ({ key: this.keyOf(row), row: this.rowOf(row) }));
    const { primaryKey } = this.rows;
    return found.map((row) => ({
      key: codec.keyOf(row),
      row: primaryKey.keyOf(row.slice(codec.fields.length - primaryKey.fields.length)),
    }));
  }

  isEmpty(): boolean {
    return this.connection.prepare(`SELECT 1 FROM ${this.table} LIMIT 1`).get() === undefined;
  }

  /** Keys of the rows that are kept as they are, beside their columns. */
  exactKeys(): readonly Uint8Array[] {
    const sql = `SELECT ${this.storedColumns()} FROM ${this.table} WHERE ${exactColumn} IS NOT NULL`;
    return this.twoWays(sql, this.bigAt)
      .all([])
      .map((row) => this.keyOf(row));
  }

  private rangeStatement(
    index: number,
    codec: KeyCodec,
    {
      from,
      to,
      reverse,
    }: { from: KeyBound | undefined; to: KeyBound | undefined; reverse: boolean },
  ): TwoWays {
    const name = `${index} ${nameOf(from)} ${nameOf(to)} ${reverse}`;
    const known = this.statements.get(name);
    if (known !== undefined) return known;
    const conditions = [
      ...(from === undefined ? [] : [this.condition(codec, from, from.isBehind ? ">" : ">=")]),
      ...(to === undefined ? [] : [this.condition(codec, to, to.isBehind ? "<=" : "<")]),
    ];
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const columns = codec.fields.map((field) => this.read(field)).join(", ");
    const order = codec.fields.map((field) => this.sql(field) + (reverse ? " DESC" : " ASC"));
    const bigAt = codec.fields.flatMap(({ column }, at) => (isBig(column.type) ? [at] : []));
    const statement = this.twoWays(
      `SELECT ${index === 0 ? this.storedColumns() : columns} FROM ${this.table} ${where} ` +
        `ORDER BY ${order.length === 0 ? "1" : order.join(", ")} LIMIT ?`,
      index === 0 ? this.bigAt : bigAt,
    );
    this.statements.set(name, statement);
    return statement;
  }

  private condition(codec: KeyCodec, { values, isBehind }: KeyBound, operator: string): string {
    // No columns to compare: all keys begin with these bytes, or none reaches behind them.
    if (values.length === 0) return isBehind === operator.startsWith("<") ? "TRUE" : "FALSE";
    const fields = codec.fields.slice(0, values.length);
    const columns = fields.map((field) => this.sql(field)).join(", ");
    return `(${columns}) ${operator} (${fields.map(parameterOf).join(", ")})`;
  }

  private hasKey(): string {
    const { fields } = this.rows.primaryKey;
    if (fields.length === 0) return "TRUE";
    return fields.map((field) => `${this.sql(field)} = ${parameterOf(field)}`).join(" AND ");
  }

  private storedColumns(): string {
    const columns = this.rows.names.columns.map(({ field }) => this.read(this.field(field)));
    return [...columns, exactColumn].join(", ");
  }

  /** Texts come as their bytes: the driver ends them at a zero, and the process when they are not UTF-8. */
  private read(field: RowField): string {
    const sql = this.sql(field);
    return field.column.type.kind === "text" ? `CAST(${sql} AS BLOB)` : sql;
  }

  private rowOf(found: SqlRow): Uint8Array {
    const exact = found[found.length - 1] ?? null;
    if (exact !== null) return new Uint8Array(blobOf(exact));
    return this.rows.rowOf({ values: found, exact: null });
  }

  private keyOf(found: SqlRow): Uint8Array {
    return this.rows.primaryKey.keyOf(this.keyAt.map((at) => found[at] ?? null));
  }

  private sql(field: RowField): string {
    const sql = this.sqlOf.get(field);
    if (sql === undefined) throw new Error(`${this.table} has no column for a field of a key`);
    return sql;
  }

  private field(index: number): RowField {
    const field = this.rows.fields[index];
    if (field === undefined) throw new Error(`${this.table} has no field ${index}`);
    return field;
  }

  private twoWays(sql: string, bigAt: readonly number[]): TwoWays {
    return new TwoWays(this.connection, sql, bigAt);
  }
}

/** One query whose integers come as numbers, which is quicker, and only when there are larger ones as big integers. */
class TwoWays {
  private readonly connection: Connection;
  private readonly sql: string;
  private readonly bigAt: readonly number[];
  private readonly quick: Statement;
  private big: Statement | undefined;

  constructor(connection: Connection, sql: string, bigAt: readonly number[]) {
    this.connection = connection;
    this.sql = sql;
    this.bigAt = bigAt;
    this.quick = connection.prepare(sql);
  }

  get(values: SqlRow): SqlRow | undefined {
    const found = this.quick.get(...values);
    return found !== undefined && this.isLossy(found) ? this.withoutLoss().get(...values) : found;
  }

  all(values: SqlRow): readonly SqlRow[] {
    const found = this.quick.all(...values);
    const isLossy = this.bigAt.length > 0 && found.some((row) => this.isLossy(row));
    return isLossy ? this.withoutLoss().all(...values) : found;
  }

  private isLossy(row: SqlRow): boolean {
    for (const at of this.bigAt) {
      const value = row[at];
      if (typeof value === "number" && !Number.isSafeInteger(value)) return true;
    }
    return false;
  }

  private withoutLoss(): Statement {
    this.big ??= this.connection.prepare(this.sql, { bigIntegers: true });
    return this.big;
  }
}

/** Makes the table, without its indexes. */
export function createTable(connection: Connection, name: string, rows: TypedRows): void {
  const columns = rows.names.columns.flatMap((stored) => [
    columnSql(rows, stored.field, stored.sql),
    ...(stored.json === undefined ? [] : [`${stored.json} TEXT`]),
  ]);
  const sqlOf = columnsOf(rows);
  const key = rows.primaryKey.fields.map((field) => sqlOf.get(field) ?? "");
  const [only, keySql] =
    key.length > 0
      ? [[], key.join(", ")]
      : [[`${onlyColumn} INTEGER NOT NULL DEFAULT 1`], onlyColumn];
  const parts = [...only, ...columns, `${exactColumn} BLOB`, `PRIMARY KEY (${keySql})`];
  connection.exec(`CREATE TABLE ${quoted(name)} (${parts.join(", ")}) WITHOUT ROWID`);
}

/** The columns that `rows` has and a table with the fields of `before` has not. */
export function addColumns(
  connection: Connection,
  name: string,
  { before, rows }: { readonly before: TypedRows; readonly rows: TypedRows },
): void {
  for (const stored of rows.names.columns.slice(before.names.columns.length)) {
    const columns = [columnSql(rows, stored.field, stored.sql)];
    if (stored.json !== undefined) columns.push(`${stored.json} TEXT`);
    for (const sql of columns) connection.exec(`ALTER TABLE ${quoted(name)} ADD COLUMN ${sql}`);
  }
}

/** The index over the fields of key `index`; the primary key stands behind them by itself. */
export function createIndex(
  connection: Connection,
  { table, index, name }: { readonly table: string; readonly index: number; readonly name: string },
  rows: TypedRows,
): void {
  const sqlOf = columnsOf(rows);
  const fields = rows.columns.keys[index] ?? [];
  const columns = fields.map((field) => sqlOf.get(rows.fields[field] ?? never()) ?? never());
  if (columns.length === 0) return;
  connection.exec(
    `CREATE INDEX IF NOT EXISTS ${quoted(name)} ON ${quoted(table)} (${columns.join(", ")})`,
  );
}

function columnSql(rows: TypedRows, field: number, sql: string): string {
  const { column } = rows.fields[field] ?? never();
  const isKey = rows.columns.keys[0]?.includes(field) === true;
  return [sql, typeName(column.type), ...(isKey ? ["NOT NULL"] : [])].filter(Boolean).join(" ");
}

/** Unsigned integers of 64 bits have no type: with one, SQLite would make a lossy number of those that are texts. */
function typeName(type: RowField["column"]["type"]): string {
  switch (type.kind) {
    case "integer":
      return isBig(type) && !type.isSigned ? "" : "INTEGER";
    case "account":
    case "text":
      return "TEXT";
    case "float":
      return "REAL";
    case "bytes":
    case "packed":
      return "BLOB";
  }
}

/** Beyond what a number holds without loss. */
function isBig(type: RowField["column"]["type"]): boolean {
  return type.kind === "integer" && type.sizeBytes > 6;
}

function columnsOf(rows: TypedRows): ReadonlyMap<RowField, string> {
  return new Map(
    rows.names.columns.flatMap(({ field, sql }) => {
      const found = rows.fields[field];
      return found === undefined ? [] : [[found, sql] as const];
    }),
  );
}

/** Without a type of its own, so that it is compared as the column is, and with the help of its index. */
function parameterOf({ column }: RowField): string {
  return column.type.kind === "text" ? "+CAST(? AS TEXT)" : "?";
}

function nameOf(bound: KeyBound | undefined): string {
  return bound === undefined ? "-" : `${bound.values.length}${bound.isBehind ? "b" : ""}`;
}

function never(): never {
  throw new Error("a key names a field that is not there");
}
