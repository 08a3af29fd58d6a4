import assert from "node:assert/strict";
import { test } from "node:test";

import { compareBytes, concatBytes, toHex } from "@kith/protocol/hashes";
import type { MigrateRows, MigratedRows } from "@kith/protocol/row-migration";
import { ServiceAbort } from "@kith/protocol/service-abi";

import { convertTables, type Conversion, type ConvertWork } from "./convert-tables.ts";
import {
  migrationPortionBytesMax,
  migrationPortionRowsMax,
  transactionWriteBytesMax,
  transactionWritesMax,
} from "./limits.ts";
import type { KeyedRow } from "./ports.ts";

type KeyPlace = { readonly from: number; readonly to: number };

function keyIn(row: Uint8Array, { from, to }: KeyPlace): Uint8Array | undefined {
  return row.length < to ? undefined : row.slice(from, to);
}

/** One space of rows, of two versions that take the key from different places of the row. */
class Rows {
  readonly rows = new Map<string, Uint8Array>();
  readonly order: string[] = [];

  put(row: Uint8Array, place: KeyPlace): void {
    this.order.push("put");
    this.rows.set(toHex(keyIn(row, place) ?? new Uint8Array()), row);
  }

  remove(key: Uint8Array): boolean {
    this.order.push("remove");
    return this.rows.delete(toHex(key));
  }

  stored(place: KeyPlace): readonly KeyedRow[] {
    return [...this.rows.values()]
      .map((row) => ({ row, key: keyIn(row, place) ?? new Uint8Array() }))
      .toSorted((a, b) => compareBytes(a.key, b.key));
  }
}

const convert: ConvertWork = {
  kind: "convert",
  table: 0,
  name: "things",
  migration: 3,
  indexes: [],
};
const [old, next] = [
  { from: 0, to: 4 },
  { from: 1, to: 5 },
];

function rowOf(number: number, rest: Uint8Array = new Uint8Array()): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, number);
  return concatBytes(key, rest);
}

function filled(count: number, rest?: Uint8Array): Rows {
  const stored = new Rows();
  for (let number = 0; number < count; number++) stored.put(rowOf(number, rest), old);
  stored.order.length = 0;
  return stored;
}

function run(stored: Rows, migrate: (portion: MigrateRows) => MigratedRows): string {
  const conversion: Conversion = {
    before: { remove: (_table, key) => stored.remove(key) },
    storedRows: () => stored.stored(old),
    after: {
      get: (_table, key) => stored.rows.get(toHex(key)),
      put: (_table, row) => stored.put(row, next),
    },
    primaryKeyOf: (_table, row) => keyIn(row, next),
    migrate,
    refuse: (code, message) => new ServiceAbort(code, message),
  };
  try {
    convertTables([convert], conversion);
    return "done";
  } catch (thrown) {
    assert.ok(thrown instanceof ServiceAbort);
    return thrown.code;
  }
}

function shifted({ rows }: MigrateRows): MigratedRows {
  return rows.map((stored) => concatBytes(Uint8Array.of(9), stored));
}

test("every row is converted once, in portions, and all old ones go before new ones come", () => {
  const count = 2 * migrationPortionRowsMax + 7;
  const stored = filled(count);
  const sizes: number[] = [];
  const outcome = run(stored, (portion) => {
    assert.equal(portion.migration, 3);
    sizes.push(portion.rows.length);
    return shifted(portion);
  });
  assert.equal(outcome, "done");
  assert.deepEqual(sizes, [migrationPortionRowsMax, migrationPortionRowsMax, 7]);
  assert.deepEqual(stored.order, [
    ...Array<string>(count).fill("remove"),
    ...Array<string>(count).fill("put"),
  ]);
  assert.deepEqual([...stored.rows.values()][5], concatBytes(Uint8Array.of(9), rowOf(5)));
});

test("rows for which a migration gives none go", () => {
  const stored = filled(4);
  const outcome = run(stored, ({ rows }) =>
    rows.map((each, at) => (at % 2 === 0 ? undefined : concatBytes(Uint8Array.of(0), each))),
  );
  assert.equal(outcome, "done");
  assert.equal(stored.rows.size, 2);
});

test("portions are bounded in bytes, and a large row is one of its own", () => {
  const stored = filled(5, new Uint8Array(migrationPortionBytesMax / 2));
  const sizes: number[] = [];
  run(stored, (portion) => {
    sizes.push(portion.rows.length);
    return shifted(portion);
  });
  assert.deepEqual(sizes, [1, 1, 1, 1, 1]);
});

test("more rows or bytes than one transaction writes are refused before anything is changed", () => {
  const many = filled(transactionWritesMax / 2 + 1);
  assert.equal(run(many, shifted), "migration-too-large");
  const large = filled(17, new Uint8Array(transactionWriteBytesMax / 16));
  assert.equal(run(large, shifted), "migration-too-large");
  assert.deepEqual([many.order, large.order], [[], []]);
});

const same = (): Uint8Array => new Uint8Array(8);

test("two rows with the same new key, rows that are none, and a wrong number of rows are refused", () => {
  assert.equal(
    run(filled(2), ({ rows }) => rows.map(same)),
    "migration-key-taken",
  );
  assert.equal(
    run(filled(1), () => [new Uint8Array(2)]),
    "row-malformed",
  );
  assert.equal(
    run(filled(2), () => []),
    "migration-malformed",
  );
});
