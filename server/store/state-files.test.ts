import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { brandAccountName } from "@kith/protocol/ids";
import { createClient } from "@libsql/client";

import { appliedRecord, newFolder, openedState } from "./fixtures.ts";
import { migrationsOf } from "./migrate.ts";
import { Connection } from "./sqlite.ts";
import { openStateReader } from "./state-reader.ts";
import { openState } from "./state.ts";

const service = brandAccountName("alice");
const address = (key: number) => ({ service, space: 16, key: Uint8Array.of(key) });

test("a state is there after it was closed and opened again", async () => {
  const folder = newFolder();
  const first = openedState(folder);
  first.begin();
  first.putRow(address(1), Uint8Array.of(7));
  first.commit(appliedRecord(1));
  await first.close();
  const state = openedState(folder);
  assert.deepEqual(state.applied(), appliedRecord(1));
  assert.deepEqual([...(state.getRow(address(1)) ?? [])], [7]);
  await state.close();
});

test("rows are in a table of their space, where SQL finds them", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  state.begin();
  state.putRow(address(1), Uint8Array.of(7));
  state.commit(appliedRecord(1));
  await state.close();
  const client = createClient({ url: `file:${join(folder, "state.db")}` });
  const { rows } = await client.execute(
    'SELECT hex(key) AS key, hex(row) AS row FROM "rows/alice/16"',
  );
  assert.deepEqual({ ...rows[0] }, { key: "01", row: "07" });
  client.close();
});

test("a name that is not a space's never gets into SQL", async () => {
  const state = openedState(newFolder());
  state.begin();
  const key = Uint8Array.of(1);
  const evil = brandAccountName('a" (x); DROP TABLE applied; --');
  assert.throws(() => state.putRow({ service: evil, space: 0, key }, key));
  assert.throws(() => state.getRow({ service, space: 0.5, key }));
  assert.throws(() => state.getRow({ service, space: -1, key }));
  state.abandon();
  await state.close();
});

test("a reader sees one block's state while the next one is written, and holds nobody up", async () => {
  const folder = newFolder();
  const state = openedState(folder, { pendingBytesMax: 0 });
  const write = async (num: number): Promise<void> => {
    state.begin();
    state.putRow(address(1), Uint8Array.of(num));
    state.commit(appliedRecord(num));
    await state.flush();
  };
  await write(1);
  const reader = openStateReader(folder);
  const written = reader.read((rows, applied) => {
    assert.equal(applied?.num, 1);
    // Writing out the second block finishes within the commit of the third.
    const second = write(2);
    void write(3);
    assert.deepEqual([...(rows.getRow(address(1)) ?? [])], [1]);
    return second;
  });
  await written;
  await state.flush();
  reader.read((rows, applied) => {
    assert.equal(applied?.num, 3);
    const range = rows.rangeRows({ service, space: 16, reverse: false, limit: 10 });
    assert.deepEqual(
      range.map(({ row }) => [...row]),
      [[3]],
    );
    assert.equal(rows.getRow({ service, space: 32, key: Uint8Array.of(1) }), undefined);
  });
  assert.throws(() => reader.read(() => assert.fail("what a query throws comes out")));
  reader.close();
  await state.close();
});

test("what blocks changed gets into the file by itself after a while", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  state.begin();
  state.putRow(address(1), Uint8Array.of(7));
  state.commit(appliedRecord(1));
  const reader = openStateReader(folder);
  assert.equal(
    reader.read((_, applied) => applied),
    undefined,
  );
  while (reader.read((_, applied) => applied?.num) !== 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  reader.close();
  await state.close();
});

test("what replaces everything is in the file at once, or not at all", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  const fill = (num: number): void => {
    state.putRow(address(num), Uint8Array.of(num));
    state.commit(appliedRecord(num));
  };
  state.begin();
  fill(1);
  for (const num of [2, 3]) {
    state.begin();
    state.putRow(address(9), Uint8Array.of(9));
    state.clear();
    assert.equal(state.getRow(address(1)), undefined);
    if (num === 2) state.abandon();
    else fill(num);
    assert.equal(state.getRow(address(9)), undefined);
    assert.deepEqual(state.getRow(address(1)), num === 2 ? Uint8Array.of(1) : undefined);
  }
  const reader = openStateReader(folder);
  reader.read((rows, applied) => {
    assert.equal(applied?.num, 3);
    assert.deepEqual(
      rows.rangeRows({ service, space: 16, reverse: false, limit: 9 }).map(({ key }) => [...key]),
      [[3]],
    );
  });
  reader.close();
  await state.close();
});

test("a height is durable once it was flushed, not before", async () => {
  const state = openedState(newFolder());
  state.begin();
  state.commit(appliedRecord(5));
  assert.equal(state.durableNum(), 0);
  await state.flush();
  assert.equal(state.durableNum(), 5);
  await state.close();
});

test("a reader of an older state keeps a flush from counting, and not for longer than it reads", async () => {
  const folder = newFolder();
  const state = openedState(folder, { pendingBytesMax: 0 });
  const write = async (num: number): Promise<void> => {
    state.begin();
    state.putRow(address(num), Uint8Array.of(num));
    state.commit(appliedRecord(num));
    await state.flush();
  };
  await write(1);
  assert.equal(state.durableNum(), 1);
  const slow = new Connection(join(folder, "state.db"));
  slow.exec("BEGIN");
  assert.equal(slow.prepare("SELECT max(num) FROM applied").get()?.[0], 1);
  await write(2);
  assert.equal(state.durableNum(), 1, "block 2 is in the log of the file only");
  slow.exec("ROLLBACK");
  await state.flush();
  assert.equal(state.durableNum(), 2);
  slow.close();
  await state.close();
});

test("a flush brings to the disk what was committed while another was under way, and ends when the state is closed", async () => {
  const state = openedState(newFolder(), { pendingBytesMax: 0 });
  const write = (num: number): void => {
    state.begin();
    state.putRow(address(num), new Uint8Array(1000));
    state.commit(appliedRecord(num));
  };
  write(1);
  const first = state.flush();
  write(2);
  const second = state.flush();
  await first;
  write(3);
  await second;
  assert.ok(state.durableNum() >= 2);
  await state.flush();
  assert.equal(state.durableNum(), 3);
  write(4);
  const last = state.flush();
  await state.close();
  await last;
});

test(
  "the write-ahead log stays bounded under load without a pause",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    const state = openedState(folder);
    const row = new Uint8Array(3000);
    for (let num = 1; num <= 400; num += 1) {
      state.begin();
      for (let key = 0; key < 100; key += 1) {
        state.putRow({ service, space: 0, key: Uint8Array.of(num >> 8, num, key) }, row);
      }
      state.commit(appliedRecord(num));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const walBytes = statSync(join(folder, "state.db-wal")).size;
    assert.ok(walBytes < 80 * 1024 * 1024, `${walBytes} bytes`);
    await state.close();
  },
);

test("an idle state writes nothing", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  state.begin();
  state.commit(appliedRecord(1));
  await state.flush();
  const files = ["state.db", "state.db-wal"].map((name) => join(folder, name));
  const before = files.map((file) => statSync(file, { bigint: true }).mtimeNs);
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.deepEqual(
    files.map((file) => statSync(file, { bigint: true }).mtimeNs),
    before,
  );
  await state.close();
});

test("a damaged state.db and one of a newer Kith are refused with a reason", () => {
  const damaged = newFolder();
  writeFileSync(join(damaged, "state.db"), Buffer.alloc(8192, "no database "));
  const first = openState({ folder: damaged, onBroken: () => undefined });
  assert.ok(!first.ok && first.error.code === "state-unreadable");
  assert.equal(first.error.sqliteCode, "SQLITE_NOTADB");
  const newer = newFolder();
  const connection = new Connection(join(newer, "state.db"));
  connection.exec("PRAGMA user_version = 1000");
  connection.close();
  const second = openState({ folder: newer, onBroken: () => undefined });
  assert.ok(!second.ok && second.error.code === "schema-too-new");
});

test("the migrations also run through the client that speaks to remote servers", async () => {
  for (const database of ["log", "state"] as const) {
    const client = createClient({ url: ":memory:" });
    for (const sql of migrationsOf(database)) await client.executeMultiple(sql);
    const { rows } = await client.execute("SELECT count(*) AS count FROM sqlite_schema");
    assert.ok(Number(rows[0]?.["count"]) >= 3);
    client.close();
  }
});
