import { toHex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import type { SqlValue } from "../sqlite.ts";
import type { ServiceSql, SqlResult } from "./service-sql.ts";
import { sqlMessageOf, type SqlError } from "./sql-error.ts";

/** The port that `chain` declares for queries (`SqlReader`). */
export type SqlReader = (
  service: AccountName,
  statement: string,
  parameters: string,
) => Result<string, SqlRefusal>;

type SqlRefusal = { readonly code: SqlError["code"]; readonly message: string };

/**
 * Statements with JSON around them. Parameters are an array of numbers, texts, booleans and nulls; the result is an array
 * of objects by column. Integers that a number does not hold are decimal texts, byte strings upper-case hex, as in
 * psibase's JSON (`unhex(?)` in the statement goes the other way).
 */
export function sqlReaderOf(sql: ServiceSql): SqlReader {
  return (service, statement, parameters) => {
    const values = parametersOf(parameters);
    const result = values.ok ? sql.run(service, statement, values.value) : values;
    if (result.ok) return ok(JSON.stringify(objectsOf(result.value)));
    return err({ code: result.error.code, message: sqlMessageOf(result.error) });
  };
}

function parametersOf(json: string): Result<readonly SqlValue[], SqlError> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return err({ code: "sql-parameters-malformed" });
  }
  if (!Array.isArray(parsed)) return err({ code: "sql-parameters-malformed" });
  const values: SqlValue[] = [];
  for (const value of parsed as readonly unknown[]) {
    const bound = boundOf(value);
    if (bound === undefined) return err({ code: "sql-parameters-malformed" });
    values.push(bound);
  }
  return ok(values);
}

/** Whole numbers as integers: the driver takes every number for a fraction. */
function boundOf(value: unknown): SqlValue | undefined {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "number") return undefined;
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

function objectsOf({ columns, rows }: SqlResult): readonly object[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, at) => [column, jsonOf(row[at] ?? null)])),
  );
}

function jsonOf(value: SqlValue): string | number | null {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return toHex(value).toUpperCase();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}
