import assert from "node:assert/strict";
import { test } from "node:test";

import { brandAccountName } from "@kith/protocol/ids";
import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";
import type { Column, NumberedTable } from "@kith/protocol/table-columns";

import { appliedRecord, newFolder, openedState } from "../fixtures.ts";
import { memoryState } from "../memory-state.ts";
import { migrationsOf } from "../migrate.ts";
import { Connection } from "../sqlite.ts";
import { openStateReader } from "../state-reader.ts";
import type { RowAddress, RowReader, StateStore } from "../state-store.ts";
import { KeyCodec } from "./key-values.ts";
import { TypedRows } from "./typed-rows.ts";

const service = brandAccountName("app");
const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

const u8: Column["type"] = { kind: "integer", sizeBytes: 1, isSigned: false };
const text: Column["type"] = { kind: "text" };
/** Three fields that always are, and three that came later. */
const fields: readonly Column[] = [
  { name: "id", type: u8, optional: false },
  { name: "kind", type: u8, optional: false },
  { name: "word", type: text, optional: false },
  { name: "more", type: u8, optional: true },
  { name: "note", type: text, optional: true },
  { name: "last", type: u8, optional: true },
];

function tableOf(number: number, given: Partial<NumberedTable["columns"]> = {}): NumberedTable {
  return { number, columns: { name: "things", columns: fields, keys: [[0]], types: {}, ...given } };
}

/** A row of the first `count` fields; options that have a value are one byte or text. */
function rowOf(random: RandomState, id: number, count: number): Uint8Array {
  const rows = new TypedRows(tableOf(0, { columns: fields.slice(0, count) }).columns);
  const letters = (): Uint8Array =>
    Uint8Array.from([97 + nextBelow(random, 3), 0].slice(0, 1 + nextBelow(random, 2)));
  const option = (value: number | Uint8Array) => (nextBelow(random, 2) === 0 ? null : value);
  const values = [
    id,
    nextBelow(random, 3),
    letters(),
    option(nextBelow(random, 9)),
    option(letters()),
    option(1),
  ];
  return rows.rowOf({ values: values.slice(0, count), exact: null });
}

function everything(rows: RowReader): unknown[] {
  return [0, 1, 2, 3, 16, 17, 18].flatMap((space) =>
    [false, true].map((reverse) => rows.rangeRows({ service, space, reverse, limit: 1000 })),
  );
}

/** Puts a row and the entries that the chain would put with it, as its tables are now. */
function put(state: StateStore, { number, columns }: NumberedTable, row: Uint8Array): void {
  const rows = new TypedRows(columns);
  const key = Uint8Array.of(row[2] ?? 0);
  const before = state.getRow({ service, space: number * 16, key });
  const entries = (bytes: Uint8Array): readonly RowAddress[] =>
    rows
      .entriesOf(key, bytes)
      .map((entry, at) => ({ service, space: number * 16 + at + 1, key: entry }));
  if (before !== undefined) for (const entry of entries(before)) state.removeRow(entry);
  for (const entry of entries(row)) state.putRow(entry, key);
  state.putRow({ service, space: number * 16, key }, row);
}

function randomKeys(random: RandomState): readonly (readonly number[])[] {
  const choices = [[1], [2], [1, 2], [2, 1]];
  const indexes = choices.filter(() => nextBelow(random, 3) === 0).slice(0, 3);
  return [[0], ...indexes];
}

test(`tables change in every way that versions of a service do, and rows stay (seed ${seed})`, async () => {
  const random = seedRandom(seed);
  const memory = memoryState();
  const folder = newFolder();
  let file = openedState(folder, { pendingBytesMax: 3000 });
  let tables: readonly NumberedTable[] = [];
  let count = 3;
  for (let num = 1; num <= 150; num += 1) {
    for (const state of [memory, file]) state.begin();
    const both = (run: (state: StateStore) => void): void => [memory, file].forEach(run);
    if (nextBelow(random, 5) === 0) {
      count = Math.min(fields.length, Math.max(3, count + nextBelow(random, 3) - 1));
      const names = nextBelow(random, 2) === 0 ? ["one", "two"] : ["two", "one"];
      tables = names
        .map((name, number) =>
          tableOf(number, { name, columns: fields.slice(0, count), keys: randomKeys(random) }),
        )
        .slice(0, nextBelow(random, 12) === 0 ? 0 : 2);
      const declaration = { revision: String(num), tables };
      both((state) => state.declareTables(service, declaration));
      both((state) => assert.equal(state.declaredRevision(service), String(num)));
    } else {
      for (let step = nextBelow(random, 12); step > 0; step -= 1) {
        const table = tables[nextBelow(random, 2)];
        const row = rowOf(random, nextBelow(random, 40), 3 + nextBelow(random, 4));
        if (table !== undefined) both((state) => put(state, table, row));
      }
    }
    if (nextBelow(random, 6) === 0) {
      both((state) => state.abandon());
      tables = [];
      both((state) => state.begin());
      both((state) => state.declareTables(service, { revision: "none", tables: [] }));
    }
    both((state) => state.commit(appliedRecord(num)));
    assert.deepEqual(everything(file), everything(memory), `block ${num}`);
    assert.deepEqual(file.listSpaces(), memory.listSpaces());
    if (nextBelow(random, 4) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (nextBelow(random, 10) === 0) {
      await file.close();
      file = openedState(folder, { pendingBytesMax: 3000 });
      assert.deepEqual(everything(file), everything(memory), `block ${num}, opened again`);
      const reader = openStateReader(folder);
      assert.deepEqual(reader.read(everything), everything(memory), `block ${num}, read`);
      reader.close();
    }
  }
  await file.close();
});

/** A state.db as it was written before tables had columns. */
function olderFolder(
  rows: ReadonlyMap<number, readonly (readonly [Uint8Array, Uint8Array])[]>,
): string {
  const folder = newFolder();
  const connection = new Connection(`${folder}/state.db`);
  const hash = "ab".repeat(32);
  const [start = ""] = migrationsOf("state");
  connection.exec(`${start}; PRAGMA user_version = 1`);
  connection.exec(`INSERT INTO applied VALUES (1, 1, '${hash}', 1, '${hash}', '${hash}')`);
  for (const [space, entries] of rows) {
    const name = `"rows/app/${space}"`;
    connection.exec(
      `CREATE TABLE ${name} (key BLOB PRIMARY KEY NOT NULL, row BLOB NOT NULL) WITHOUT ROWID`,
    );
    for (const [key, row] of entries)
      connection.prepare(`INSERT INTO ${name} VALUES (?, ?)`).run(key, row);
  }
  connection.close();
  return folder;
}

test("a state.db of an older Kith is read as it is, and gets its columns when they are declared", async () => {
  const random = seedRandom(1);
  const row = (id: number): Uint8Array => rowOf(random, id, 3);
  const rows = [3, 1, 2].map((id) => [Uint8Array.of(id), row(id)] as const);
  const entry = ([key, bytes]: (typeof rows)[number]) =>
    [Uint8Array.of(bytes[3] ?? 0, ...key), key] as const;
  const folder = olderFolder(
    new Map([
      [0, rows],
      [1, rows.map(entry)],
    ]),
  );
  const state = openedState(folder);
  const before = everything(state);
  assert.equal(state.declaredRevision(service), undefined);
  state.begin();
  state.declareTables(service, { revision: "1", tables: [tableOf(0, { keys: [[0], [1]] })] });
  const applied = state.applied();
  assert.ok(applied !== undefined);
  state.commit(applied);
  assert.deepEqual(everything(state), before);
  await state.close();
  const connection = new Connection(`${folder}/state.db`);
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  assert.ok(tables.some(([name]) => name === "app.things"));
  assert.ok(!tables.some(([name]) => String(name).startsWith("rows/app/")));
  const ids = connection.prepare('SELECT id FROM "app.things" WHERE kind >= 0 ORDER BY id').all();
  assert.deepEqual(ids, [[1], [2], [3]]);
  connection.close();
});

test("a column that comes later is empty in old rows, and theirs to fill", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  const random = seedRandom(2);
  const old = rowOf(random, 1, 3);
  const newer = new TypedRows(tableOf(0).columns).rowOf({
    values: [2, 0, Uint8Array.of(97), 5, null, 9],
    exact: null,
  });
  const declare = (revision: string, count: number): void =>
    state.declareTables(service, {
      revision,
      tables: [tableOf(0, { columns: fields.slice(0, count) })],
    });
  state.begin();
  declare("1", 3);
  state.putRow({ service, space: 0, key: Uint8Array.of(1) }, old);
  // A row with fields that nobody has declared yet is kept as it is, and is in its columns once they are there.
  state.putRow({ service, space: 0, key: Uint8Array.of(2) }, newer);
  state.commit(appliedRecord(1));
  await state.write();
  state.begin();
  declare("2", 6);
  state.commit(appliedRecord(2));
  await state.write();
  assert.deepEqual(state.getRow({ service, space: 0, key: Uint8Array.of(1) }), old);
  assert.deepEqual(state.getRow({ service, space: 0, key: Uint8Array.of(2) }), newer);
  const reader = openStateReader(folder);
  const found = reader.read((rows) =>
    rows.sql(service, "SELECT id, more, note, last FROM things", "[]"),
  );
  assert.ok(found.ok);
  assert.deepEqual(JSON.parse(found.value), [
    { id: 1, more: null, note: null, last: null },
    { id: 2, more: 5, note: null, last: 9 },
  ]);
  reader.close();
  await state.close();
});

test("names that SQLite would confuse, or that would end a statement, are told apart", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  const names = [
    'a"; DROP TABLE applied; --',
    "Things",
    "things",
    "",
    "sqlite_x",
    "#row",
    "nul\0l",
    "x".repeat(5000),
  ];
  const columns = names.map((name): Column => ({ name, type: u8, optional: false }));
  const tables = names.map((name, number) =>
    tableOf(number, { name, columns, keys: [[0], [1, 2]] }),
  );
  const row = Uint8Array.of(names.length, 0, ...names.map((_, at) => at));
  state.begin();
  state.declareTables(service, { revision: "1", tables });
  for (const { number } of tables)
    state.putRow({ service, space: number * 16, key: Uint8Array.of(0) }, row);
  state.commit(appliedRecord(1));
  await state.write();
  for (const { number } of tables) {
    assert.deepEqual(state.getRow({ service, space: number * 16, key: Uint8Array.of(0) }), row);
  }
  const reader = openStateReader(folder);
  const ask = (sql: string): unknown => {
    const found = reader.read((rows) => rows.sql(service, sql, "[]"));
    assert.ok(found.ok, JSON.stringify(found));
    return JSON.parse(found.value);
  };
  assert.deepEqual(ask('SELECT "Things", "things~2", "#row~2" FROM "things~2"'), [
    { Things: 1, "things~2": 2, "#row~2": 5 },
  ]);
  assert.deepEqual(ask('SELECT "a""; DROP TABLE applied; --" AS it FROM "sqlite_x"'), [{ it: 0 }]);
  reader.close();
  await state.close();
});

test("a key of no fields is that of the only row", async () => {
  const state = openedState(newFolder());
  const table = tableOf(0, { keys: [[], [1]] });
  const random = seedRandom(3);
  state.begin();
  state.declareTables(service, { revision: "1", tables: [table] });
  const key = new Uint8Array();
  const row = rowOf(random, 1, 3);
  state.putRow({ service, space: 0, key }, rowOf(random, 2, 3));
  state.putRow({ service, space: 0, key }, row);
  state.commit(appliedRecord(1));
  await state.write();
  assert.deepEqual(state.getRow({ service, space: 0, key }), row);
  const range = { service, space: 0, reverse: false, limit: 9 };
  assert.deepEqual(state.rangeRows(range), [{ key, row }]);
  assert.deepEqual(state.rangeRows({ ...range, from: Uint8Array.of(0) }), []);
  assert.deepEqual(state.rangeRows({ ...range, to: key }), []);
  assert.equal(new KeyCodec([]).keyOf([]).length, 0);
  state.begin();
  state.removeRow({ service, space: 0, key });
  state.commit(appliedRecord(2));
  await state.write();
  assert.deepEqual(state.rangeRows(range), []);
  await state.close();
});
