import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import { sqlColumnsMax, sqlResultBytesMax, sqlRowsMax, sqlStatementsCachedMax } from "../limits.ts";
import {
  errorMessageOf,
  numberOf,
  textOf,
  type Connection,
  type SqlRow,
  type SqlValue,
  type Statement,
} from "../sqlite.ts";
import { quoted } from "../tables/column-names.ts";
import type { DeclaredTables } from "../tables/declared-tables.ts";
import { ownTables, type OwnTable } from "./own-tables.ts";
import { checkProgram } from "./program-check.ts";
import type { SqlError } from "./sql-error.ts";
import { parseSqlQuery, type SqlQuery } from "./sql-query.ts";

export type SqlResult = {
  readonly columns: readonly string[];
  readonly rows: readonly SqlRow[];
};

type Prepared = {
  readonly statement: Statement;
  readonly columns: readonly string[];
  readonly parameters: number;
};

/** Queries of services over their own tables, by the names that they have given them. */
export class ServiceSql {
  private readonly connection: Connection;
  private readonly declared: DeclaredTables;
  private prepared = new Map<string, Result<Prepared, SqlError>>();
  private modules: ReadonlySet<string> | undefined;

  constructor(connection: Connection, declared: DeclaredTables) {
    this.connection = connection;
    this.declared = declared;
  }

  run(
    service: AccountName,
    statement: string,
    parameters: readonly SqlValue[],
  ): Result<SqlResult, SqlError> {
    const prepared = this.prepare(service, statement);
    if (!prepared.ok) return prepared;
    const { columns, parameters: expected } = prepared.value;
    const given = parameters.length;
    if (given !== expected) return err({ code: "sql-parameters-wrong", expected, given });
    const rows = rowsOf(prepared.value, parameters);
    return rows.ok ? ok({ columns, rows: rows.value }) : rows;
  }

  /** The schema has changed: other tables, on other pages. */
  forget(): void {
    this.prepared.clear();
  }

  private prepare(service: AccountName, statement: string): Result<Prepared, SqlError> {
    const name = `${service} ${statement}`;
    const known = this.prepared.get(name);
    if (known !== undefined) return known;
    const query = parseSqlQuery(statement);
    const prepared = query.ok ? this.prepareQuery(service, query.value) : query;
    if (this.prepared.size >= sqlStatementsCachedMax) this.prepared.clear();
    if (name.length <= statementCharsCachedMax) this.prepared.set(name, prepared);
    return prepared;
  }

  private prepareQuery(service: AccountName, query: SqlQuery): Result<Prepared, SqlError> {
    const own = ownTables(service, this.declared.tablesOf(service));
    const named = own.filter(({ name }) => query.names.has(name.toLowerCase()));
    try {
      const columns = this.connection.columnsOf(
        `${withTables(named)} SELECT * FROM (${query.sql}\n)`,
      );
      if (columns.length > sqlColumnsMax) {
        return err({ code: "sql-too-many-columns", columnsMax: sqlColumnsMax });
      }
      const sql = wrapped(named, query, columns.length);
      const allowed = { roots: this.rootsOf(own), modules: this.moduleNames(), names: query.names };
      const refused = checkProgram(this.connection.explain(sql), allowed);
      if (refused !== undefined) return err(refused);
      const statement = this.connection.prepare(sql, { bigIntegers: true });
      return ok({ statement, columns, parameters: query.parameters });
    } catch (error) {
      return err({ code: "sql-malformed", why: errorMessageOf(error) });
    }
  }

  private rootsOf(own: readonly OwnTable[]): ReadonlySet<number> {
    const roots = this.connection.prepare("SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?");
    return new Set(own.flatMap(({ table }) => roots.all(table).map(([root]) => numberOf(root))));
  }

  private moduleNames(): ReadonlySet<string> {
    this.modules ??= new Set(
      this.connection
        .prepare("SELECT name FROM pragma_module_list")
        .all()
        .map(([name]) => textOf(name).toLowerCase()),
    );
    return this.modules;
  }
}

const statementCharsCachedMax = 2048;

function withTables(tables: readonly OwnTable[]): string {
  if (tables.length === 0) return "";
  const parts = tables.map(
    ({ name, table, columns }) =>
      `${quoted(name)} AS NOT MATERIALIZED (SELECT ${columns.join(", ")} FROM main.${quoted(table)})`,
  );
  return `WITH ${parts.join(", ")}`;
}

/**
 * Each value comes with its type, and texts as bytes: they may be no UTF-8, over which the driver ends the process, and
 * may have zeros, where it ends them.
 */
function wrapped(tables: readonly OwnTable[], { sql }: SqlQuery, count: number): string {
  const names = Array.from({ length: count }, (_, at) => `c${at}`);
  const values = names.map(
    (name) =>
      `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`,
  );
  const start = withTables(tables);
  const result = `"#result"(${names.join(", ")}) AS (${sql}\n)`;
  return (
    `${start === "" ? "WITH " : `${start}, `}${result} ` +
    `SELECT ${values.join(", ")} FROM "#result" LIMIT ${sqlRowsMax + 1}`
  );
}

function rowsOf(
  { statement, columns }: Prepared,
  parameters: readonly SqlValue[],
): Result<readonly SqlRow[], SqlError> {
  let rows: SqlRow[] = [];
  let count = 0;
  let sizeBytes = 0;
  const isTooLarge = (): boolean => count > sqlRowsMax || sizeBytes > sqlResultBytesMax;
  try {
    // To the end in any case: a statement that stays in the middle keeps its view of the file, and the log from starting again.
    for (const found of statement.iterate(...parameters)) {
      const row = columns.map((_, at) => valueOf(found[2 * at], found[2 * at + 1]));
      count++;
      sizeBytes += row.reduce((size: number, value) => size + sizeOf(value), valueBytes);
      if (isTooLarge()) rows = [];
      else rows.push(row);
    }
    if (!isTooLarge()) return ok(rows);
    const limits = { rowsMax: sqlRowsMax, bytesMax: sqlResultBytesMax };
    return err({ code: "sql-result-too-large", ...limits });
  } catch (error) {
    return err({ code: "sql-failed", why: errorMessageOf(error) });
  }
}

const texts = new TextDecoder();
const valueBytes = 8;

function valueOf(type: SqlValue | undefined, value: SqlValue | undefined): SqlValue {
  if (value instanceof Uint8Array) return type === "text" ? texts.decode(value) : value;
  if (typeof value !== "bigint") return value ?? null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function sizeOf(value: SqlValue): number {
  return valueBytes + (typeof value === "string" || value instanceof Uint8Array ? value.length : 0);
}
