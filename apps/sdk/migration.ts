import { object, type Fields, type ObjectValue } from "@kith/protocol/fracpack";
import {
  migrateRowsCodec,
  migratedRowsCodec,
  type MigratedRows,
  type MigrateRows,
} from "@kith/protocol/row-migration";
import type { AnyType } from "@kith/protocol/schema-types";

import { abort } from "./abort.ts";
import type { Signature } from "./signature.ts";
import type { Table } from "./table.ts";

/** How rows that an earlier version of the service stored become rows of this one. */
export type Migration = {
  readonly table: string;
  /** The row type that the earlier version declared, member by member. */
  readonly from: AnyType;
  /** Undefined: the row goes. */
  readonly convert: (stored: Uint8Array) => Uint8Array | undefined;
};

/**
 * Declares what becomes of the rows of a table whose row type or primary key changes. The node runs it over all rows
 * when the new version is installed, in the same transaction: all rows are converted or the old version stays. Only the
 * old row is there to decide by; rows that a transaction cannot hold need a new table instead, into which actions move
 * them. `from` is the row type exactly as the installed version declares it. Keep a migration for as long as there may
 * be networks with the old version.
 *
 *     const toCents = migration(prices, { id: u32, euros: u32 }, ({ id, euros }) => {
 *       return { id, cents: 100 * euros };
 *     });
 */
export function migration<F extends Fields, Row, KeyName extends keyof Row, Index extends string>(
  table: Table<Row, KeyName, Index>,
  from: F,
  convert: (row: ObjectValue<F>) => Row | undefined,
): Migration {
  const stored = object(from);
  return {
    table: table.name,
    from: stored.schema,
    convert: (packed) => {
      const row = stored.unpack(packed);
      if (!row.ok) {
        abort("row-malformed", `a row of ${table.name} is not what the migration takes`);
      }
      const converted = convert(row.value);
      return converted === undefined ? undefined : table.row.pack(converted);
    },
  };
}

/** The action that a service with migrations has beside its own: rows in, rows out, nothing else changes. */
export const migrateRowsSignature: Signature<MigrateRows, MigratedRows> = {
  args: migrateRowsCodec,
  result: migratedRowsCodec,
};

export function runMigration(
  migrations: readonly Migration[],
  { migration: number, rows }: MigrateRows,
): MigratedRows {
  const wanted = migrations[number];
  if (wanted === undefined) abort("migration-unknown", `there is no migration ${number}`);
  return rows.map((row) => wanted.convert(row));
}
