import { readdirSync, readFileSync } from "node:fs";

import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import { numberOf } from "./sqlite.ts";
import type { Connection } from "./sqlite.ts";

export type MigrateError = {
  /** The file was written by a newer Kith. */
  readonly code: "schema-too-new";
  readonly version: number;
  readonly versionKnown: number;
};

export type DatabaseName = "log" | "state" | "events";

/**
 * Brings a database to the newest schema: runs the migrations that drizzle-kit generated and the file does not have
 * yet, each in one transaction with the number of migrations done (`user_version`).
 */
export function migrate(
  connection: Connection,
  database: DatabaseName,
): Result<void, MigrateError> {
  const migrations = migrationsOf(database);
  const version = numberOf(connection.pragma("user_version")[0]);
  if (version > migrations.length) {
    return err({ code: "schema-too-new", version, versionKnown: migrations.length });
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    connection.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
  return ok(undefined);
}

/** The SQL of each migration, oldest first. */
export function migrationsOf(database: DatabaseName): readonly string[] {
  const folder = new URL(`./migrations/${database}/`, import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted()
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
}
