import Database from "libsql";

/**
 * The synchronous connection of `libsql`, prepared statements in raw mode: the fastest path to the engine. Only this
 * file sees the driver's untyped values.
 */
export class Connection {
  private readonly database: Database.Database;

  constructor(path: string) {
    this.database = new Database(path);
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  /** With `bigIntegers` integers come as bigints, without loss; else as numbers. */
  prepare(sql: string, options: { readonly bigIntegers?: boolean } = {}): Statement {
    return new Statement(this.database, sql, options.bigIntegers === true);
  }

  /** The program that SQLite makes of a statement. */
  explain(sql: string): readonly SqlRow[] {
    const statement = this.database.prepare(`EXPLAIN ${sql}`).raw();
    const program = statement.all().filter((row) => Array.isArray(row));
    // SQLite ends an EXPLAIN only when it is reset, which `get` does: until then it would hold the connection's view of the file.
    statement.get();
    return program;
  }

  /** How the columns of a query are called. */
  columnsOf(sql: string): readonly string[] {
    return this.database
      .prepare(sql)
      .columns()
      .map(({ name }) => name);
  }

  pragma(text: string): readonly SqlValue[] {
    return this.prepare(`PRAGMA ${text}`).get() ?? [];
  }

  close(): void {
    this.database.close();
  }
}

export type SqlValue = Uint8Array | string | number | bigint | null;
export type SqlRow = readonly SqlValue[];

/**
 * One SQL text, prepared once for each way of running it: the driver's `get` after an `all` of the same statement runs
 * with the values of that `all`.
 */
export class Statement {
  private readonly database: Database.Database;
  private readonly sql: string;
  private readonly bigIntegers: boolean;
  private runner: Database.Statement | undefined;
  private getter: Database.Statement | undefined;
  private lister: Database.Statement | undefined;
  private iterator: Database.Statement | undefined;

  constructor(database: Database.Database, sql: string, bigIntegers: boolean) {
    this.database = database;
    this.sql = sql;
    this.bigIntegers = bigIntegers;
  }

  run(...values: SqlRow): void {
    this.runAll(values);
  }

  // One array goes to the driver as it is; spread arguments would be copied and flattened there.
  runAll(values: SqlRow): void {
    try {
      this.runner ??= this.database.prepare(this.sql);
      this.runner.run(values);
    } catch (error) {
      this.runner = undefined;
      throw error;
    }
  }

  get(...values: SqlRow): SqlRow | undefined {
    try {
      this.getter ??= this.prepareRaw();
      const row = this.getter.get(values);
      return Array.isArray(row) ? row : undefined;
    } catch (error) {
      this.getter = undefined;
      throw error;
    }
  }

  all(...values: SqlRow): readonly SqlRow[] {
    try {
      this.lister ??= this.prepareRaw();
      return this.lister.all(values).filter((row) => Array.isArray(row));
    } catch (error) {
      // The driver does not reset a statement that failed: it would fail for ever.
      this.lister = undefined;
      throw error;
    }
  }

  /** Rows as they are asked for; the statement may run only once at a time. */
  *iterate(...values: SqlRow): Generator<SqlRow> {
    this.iterator ??= this.prepareRaw();
    let done = false;
    try {
      for (const row of this.iterator.iterate(values)) if (Array.isArray(row)) yield row;
      done = true;
    } finally {
      // Whoever stops early, or fails, leaves it in the middle of its work.
      if (!done) this.iterator = undefined;
    }
  }

  private prepareRaw(): Database.Statement {
    const statement = this.database.prepare(this.sql).raw();
    return this.bigIntegers ? statement.safeIntegers(true) : statement;
  }
}

/** A blob as plain bytes: the driver's Buffer has methods that mean something else, and keeps more memory than it shows. */
export function bytesOf(value: SqlValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError("a column that should be a blob is not");
  return new Uint8Array(value);
}

export function numberOf(value: SqlValue | undefined): number {
  if (typeof value !== "number") throw new TypeError("a column that should be a number is not");
  return value;
}

export function textOf(value: SqlValue | undefined): string {
  if (typeof value !== "string") throw new TypeError("a column that should be text is not");
  return value;
}

/** SQLite's own code of a driver error (`SQLITE_CORRUPT`, `SQLITE_FULL` ...), the system's code, or `unknown`. */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "unknown";
  return typeof error.code === "string" ? error.code : "unknown";
}

export function errorMessageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
