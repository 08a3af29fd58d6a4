import type { TableWork } from "@kith/protocol/compare-definitions";
import type { AccountName } from "@kith/protocol/ids";

import { refusal, type Execution } from "./execution.ts";
import {
  indexEntryFuel,
  keyBytesMax,
  passedRowFuel,
  transactionWriteBytesMax,
  transactionWritesMax,
} from "./limits.ts";
import { placeOf } from "./place.ts";
import type { KeyedRow } from "./ports.ts";
import { rowsInSpace } from "./read-range.ts";
import type { KeyOfRow } from "./row-key.ts";
import type { ServiceTable } from "./service-tables.ts";
import { entryKey, spaceOf } from "./space.ts";

export type IndexWork = Extract<TableWork, { readonly kind: "index" }>;

export type Indexed = {
  readonly execution: Execution;
  readonly service: AccountName;
  /** Of the version that is being installed. */
  readonly tables: readonly ServiceTable[];
  /** Bytes of rows that may still be read, for all tables together. */
  readonly room: { bytes: number };
};

export function newRoom(): Indexed["room"] {
  return { bytes: transactionWriteBytesMax };
}

/**
 * Makes the entries of indexes that come with a new version, so that the next action can use them. The store makes its
 * own when the block is done (decision 0097).
 */
export function makeIndexes(work: IndexWork, indexed: Indexed): void {
  const { room } = indexed;
  const keys = work.indexes.flatMap((index) => {
    const keyOf = indexed.tables[work.table]?.indexKeys[index - 1];
    return keyOf === undefined ? [] : [{ space: spaceOf(work.table, index), keyOf }];
  });
  for (const stored of readSpace(indexed, spaceOf(work.table, 0))) {
    room.bytes -= stored.row.length;
    if (room.bytes < 0) throw tooLarge(work, indexed);
    countChange(work, indexed, 1 + keys.length);
    for (const { space, keyOf } of keys) putEntry(work, indexed, { space, keyOf, stored });
  }
}

/**
 * Hides what the store has in the place of new indexes until the block is done: entries of an index over other fields,
 * also of one that another version has removed in this very block.
 */
export function clearIndexes(work: TableWork, indexed: Indexed): void {
  const { execution, service } = indexed;
  for (const index of work.indexes) {
    execution.meter.fuel -= indexEntryFuel;
    for (const { key } of readSpace(indexed, spaceOf(work.table, index))) {
      countChange(work, indexed, 1);
      execution.rows.write(placeOf(service, spaceOf(work.table, index), key), undefined);
    }
  }
}

type Entry = {
  readonly space: number;
  readonly keyOf: KeyOfRow;
  readonly stored: KeyedRow;
};

function putEntry(
  { name }: IndexWork,
  { execution, service }: Indexed,
  { space, keyOf, stored }: Entry,
): void {
  const key = keyOf(stored.row);
  if (key === undefined) {
    throw refusal(execution, "row-malformed", `a row is not what table ${name} declares`);
  }
  if (key.length > keyBytesMax) {
    const message = `a row of table ${name} has a key of ${key.length} bytes in an index that is new; at most ${keyBytesMax}`;
    throw refusal(execution, "key-too-long", message);
  }
  execution.rows.write(placeOf(service, space, entryKey(key, stored.key)), stored.key);
}

function readSpace({ execution, service }: Indexed, space: number): Iterable<KeyedRow> {
  return rowsInSpace(execution.rows, { service, space }, (passed) => {
    execution.meter.fuel -= passedRowFuel * passed;
  });
}

/** Nobody looks at the fuel before all is done, so it is looked at here. */
function countChange(work: TableWork, indexed: Indexed, touched: number): void {
  const { execution } = indexed;
  execution.writes++;
  if (execution.writes > transactionWritesMax) throw tooLarge(work, indexed);
  execution.meter.fuel -= indexEntryFuel * touched;
  if (execution.meter.fuel < 0) {
    throw refusal(execution, "out-of-fuel", `the indexes of table ${work.name} take too long`);
  }
}

function tooLarge({ name }: TableWork, { execution }: Indexed): Error {
  return refusal(
    execution,
    "migration-too-large",
    `table ${name} has more rows than one transaction can put into an index (${transactionWritesMax} rows, ${transactionWriteBytesMax} bytes): leave it as it is, declare a new table at the end, and let an action move rows over in several transactions`,
  );
}
