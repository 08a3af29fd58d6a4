import type { TableWork } from "@kith/protocol/compare-definitions";
import type { MigratedRows, MigrateRows } from "@kith/protocol/row-migration";
import type { ActionHost, ServiceAbort } from "@kith/protocol/service-abi";

import {
  migrationPortionBytesMax,
  migrationPortionRowsMax,
  transactionWriteBytesMax,
  transactionWritesMax,
} from "./limits.ts";
import type { KeyedRow } from "./ports.ts";

export type ConvertWork = Extract<TableWork, { readonly kind: "convert" }>;

export type Conversion = {
  readonly before: Pick<ActionHost, "remove">;
  /** By table, in order. */
  readonly storedRows: (table: number) => Iterable<KeyedRow>;
  readonly after: Pick<ActionHost, "get" | "put">;
  /** Undefined when the row is not what the new version declares. */
  readonly primaryKeyOf: (table: number, row: Uint8Array) => Uint8Array | undefined;
  /** `migrateRows` of the new version. */
  readonly migrate: (portion: MigrateRows) => MigratedRows;
  readonly refuse: (code: string, message: string) => ServiceAbort;
};

/**
 * Makes rows of the new version of what the old one stored (`compareDefinitions`). Either all of it is done within the
 * transaction, or the transaction fails.
 */
export function convertTables(work: readonly ConvertWork[], conversion: Conversion): void {
  const room = { rows: Math.floor(transactionWritesMax / 2), bytes: transactionWriteBytesMax };
  for (const each of work) convertTable(each, room, conversion);
}

type Room = { rows: number; bytes: number };

/** Old and new rows share one space of keys, so all old ones go before the first new one comes. */
function convertTable(work: ConvertWork, room: Room, conversion: Conversion): void {
  const { before, after } = conversion;
  const stored = readAll(work, room, conversion);
  const rows = stored.map(({ row }) => row);
  const converted = migrateAll(work.migration, rows, conversion);
  for (const { key } of stored) before.remove(work.table, key);
  for (const row of converted) {
    if (row === undefined) continue;
    const key = conversion.primaryKeyOf(work.table, row);
    if (key === undefined) {
      throw conversion.refuse("row-malformed", `a row is not what table ${work.name} declares`);
    }
    if (after.get(work.table, key) !== undefined) {
      throw conversion.refuse(
        "migration-key-taken",
        `two rows of table ${work.name} would have the same key after the migration`,
      );
    }
    after.put(work.table, row);
  }
}

function readAll(work: ConvertWork, room: Room, conversion: Conversion): readonly KeyedRow[] {
  const stored: KeyedRow[] = [];
  for (const each of conversion.storedRows(work.table)) {
    room.rows--;
    room.bytes -= each.row.length;
    if (room.rows < 0 || room.bytes < 0) throw tooLarge(work, conversion);
    stored.push(each);
  }
  return stored;
}

function tooLarge({ name }: ConvertWork, { refuse }: Conversion): ServiceAbort {
  return refuse(
    "migration-too-large",
    `table ${name} has more rows than one transaction can convert (${transactionWritesMax / 2} rows, ${transactionWriteBytesMax} bytes): leave it as it is, declare a new table at the end, and let an action move rows over in several transactions`,
  );
}

function migrateAll(
  migration: number,
  rows: readonly Uint8Array[],
  { migrate, refuse }: Conversion,
): MigratedRows {
  const converted: (Uint8Array | undefined)[] = [];
  for (const portion of portionsOf(rows)) {
    const answer = migrate({ migration, rows: portion });
    if (answer.length !== portion.length) {
      throw refuse("migration-malformed", `${portion.length} rows became ${answer.length}`);
    }
    for (const row of answer) converted.push(row);
  }
  return converted;
}

/** As many rows as one call of a service can take; a large row is a portion of its own. */
function* portionsOf(rows: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let portion: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const row of rows) {
    const isFull =
      portion.length >= migrationPortionRowsMax ||
      sizeBytes + row.length > migrationPortionBytesMax;
    if (isFull && portion.length > 0) {
      yield portion;
      portion = [];
      sizeBytes = 0;
    }
    portion.push(row);
    sizeBytes += row.length;
  }
  if (portion.length > 0) yield portion;
}
