import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { blockNumOf, brandAccountName, transactionIdOf } from "@kith/protocol/ids";
import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";
import type { NumberedTable } from "@kith/protocol/table-columns";

import { appliedRecord, newFolder, openedState } from "../fixtures.ts";
import { memoryState } from "../memory-state.ts";
import { Connection } from "../sqlite.ts";
import { openStateReader } from "../state-reader.ts";
import type { RowReader } from "../state-store.ts";
import { TypedRows } from "../tables/typed-rows.ts";
import { StagedState } from "./staged-state.ts";

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);
const [code, app, plain] = [
  brandAccountName("code"),
  brandAccountName("app"),
  brandAccountName("plain"),
];

const u32 = { kind: "integer", sizeBytes: 4, isSigned: false } as const;
const things: NumberedTable = {
  number: 0,
  columns: {
    name: "things",
    columns: [
      { name: "id", type: u32, optional: false },
      { name: "kind", type: u32, optional: false },
      { name: "note", type: { kind: "text" }, optional: true },
    ],
    keys: [[0], [1]],
    types: {},
  },
};
const rows = new TypedRows(things.columns);

function thing(
  random: RandomState,
  id: number,
): { readonly key: Uint8Array; readonly row: Uint8Array } {
  const note = nextBelow(random, 2) === 0 ? null : new Uint8Array(nextBelow(random, 60)).fill(0x61);
  const row = rows.rowOf({ values: [id, nextBelow(random, 5), note], exact: null });
  // A field that this version does not know: the row is kept as it is.
  const isLonger = nextBelow(random, 10) === 0;
  return { key: rows.primaryKey.keyOf([id]), row: isLonger ? Uint8Array.from([...row, 0]) : row };
}

function everything(state: RowReader): unknown {
  return [code, app, plain].map((service) =>
    [0, 1, 16, 32].map((space) =>
      state.rangeRows({ service, space, reverse: false, limit: 100_000 }),
    ),
  );
}

function shuffled<T>(random: RandomState, list: readonly T[]): readonly T[] {
  return list
    .map((each) => ({ each, at: nextBelow(random, 2 ** 31) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

test(`a state whose rows come in any order is the state that they make (seed ${seed})`, async () => {
  const random = seedRandom(seed);
  const folder = newFolder();
  const path = join(folder, "staged");
  const staged = new StagedState({ folder: path, isNeededFirst: (service) => service === code });
  const memory = memoryState();
  const ids = Array.from({ length: 3000 }, (_, id) => id);
  const puts = shuffled(random, [
    ...ids.map((id) => ({ address: { service: app, space: 0 }, ...thing(random, id) })),
    ...ids.slice(0, 700).map((id) => ({
      address: { service: plain, space: 16 * (id % 3) },
      key: Uint8Array.of(id & 0xff, id >> 8),
      row: new Uint8Array(nextBelow(random, 300)).fill(id),
    })),
    { address: { service: code, space: 0 }, key: Uint8Array.of(1), row: Uint8Array.of(2) },
  ]);
  for (const state of [staged, memory]) {
    state.begin();
    state.clear();
    for (const { address, key, row } of puts) state.putRow({ ...address, key }, row);
    for (const id of ids) {
      state.putTreeNode(Uint8Array.of(id & 0xff, id >> 8), new Uint8Array(40).fill(id));
      state.putTreeNode(Uint8Array.of(7), Uint8Array.of(id & 0xff));
    }
    assert.deepEqual(
      state.getRow({ service: code, space: 0, key: Uint8Array.of(1) }),
      Uint8Array.of(2),
    );
    state.declareTables(app, { revision: "1", tables: [things] });
    assert.equal(state.declaredRevision(app), "1");
    const key = Uint8Array.of(9, 9, 9);
    state.putRow({ service: plain, space: 0, key }, Uint8Array.of(1));
    assert.deepEqual(state.getRow({ service: plain, space: 0, key }), Uint8Array.of(1));
    state.putReceipt(transactionIdOf("ab".repeat(32)), {
      blockNum: blockNumOf(3),
      expirationSeconds: 9,
      bytes: new Uint8Array(),
    });
    state.commit(appliedRecord(7));
  }
  // The chain does not put the entries of an index into a snapshot: those of the file follow from the rows.
  memory.begin();
  for (const id of ids) {
    const row = memory.getRow({ service: app, space: 0, key: rows.primaryKey.keyOf([id]) });
    assert.ok(row !== undefined);
    const primaryKey = rows.primaryKey.keyOf([id]);
    const [entry] = rows.entriesOf(primaryKey, row);
    assert.ok(entry !== undefined);
    memory.putRow({ service: app, space: 1, key: entry }, primaryKey);
  }
  memory.commit(appliedRecord(7));
  staged.close();
  assert.deepEqual(readdirSync(path), ["state.db"]);
  const state = openedState(path);
  assert.deepEqual(everything(state), everything(memory));
  assert.deepEqual(state.applied(), appliedRecord(7));
  for (const id of [0, 7, 299, 2999]) {
    const at = Uint8Array.of(id & 0xff, id >> 8);
    assert.deepEqual(state.getTreeNode(at), memory.getTreeNode(at));
  }
  assert.deepEqual(state.getTreeNode(Uint8Array.of(7)), Uint8Array.of(2999 & 0xff));
  assert.deepEqual(state.getReceipt(transactionIdOf("ab".repeat(32))), new Uint8Array());
  const reader = openStateReader(path);
  const counted = reader.read((file) => file.sql(app, "SELECT count(*) AS n FROM things", "[]"));
  assert.deepEqual(counted, { ok: true, value: '[{"n":3000}]' });
  reader.close();
  await state.close();
  const connection = new Connection(join(path, "state.db"));
  assert.deepEqual(connection.pragma("integrity_check"), ["ok"]);
  connection.close();
});

test("what an earlier attempt left is thrown away", () => {
  const folder = join(newFolder(), "staged");
  const first = new StagedState({ folder, isNeededFirst: () => false });
  first.begin();
  first.putRow({ service: plain, space: 0, key: Uint8Array.of(1) }, Uint8Array.of(1));
  first.abandon();
  first.close();
  writeFileSync(join(folder, "state.db-wal"), "left");
  const second = new StagedState({ folder, isNeededFirst: () => false });
  second.begin();
  assert.equal(second.getRow({ service: plain, space: 0, key: Uint8Array.of(1) }), undefined);
  second.abandon();
  second.close();
  assert.equal(existsSync(join(folder, "state.db-wal")), false);
});
