import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, brandAccountName } from "@kith/protocol/ids";

import { appliedRecord, newFolder, openedState } from "./fixtures.ts";
import { memoryState } from "./memory-state.ts";
import { FollowerGap, openStateFollower } from "./state-follower.ts";
import type { KeyedRow, RowAddress, RowReader, StateStore } from "./state-store.ts";

const service = brandAccountName("app");
const seed = Number(process.env["KITH_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

type Change = { readonly address: RowAddress; readonly row: Uint8Array | undefined };

function put(key: number, value: number, space = 0): Change {
  return { address: { service, space, key: Uint8Array.of(key) }, row: Uint8Array.of(value) };
}

function remove(key: number, space = 0): Change {
  return { address: { service, space, key: Uint8Array.of(key) }, row: undefined };
}

function applyTo(state: StateStore, num: number, changes: readonly Change[]): void {
  state.begin();
  for (const { address, row } of changes) {
    if (row === undefined) state.removeRow(address);
    else state.putRow(address, row);
  }
  state.commit(appliedRecord(num));
}

function block(num: number, changes: readonly Change[]) {
  return { first: blockNumOf(num), applied: appliedRecord(num), changes };
}

function allOf(rows: RowReader, reverse = false, limit = 1000): readonly KeyedRow[] {
  return [0, 1].flatMap((space) => rows.rangeRows({ service, space, reverse, limit }));
}

test("a follower sees the newest block, whether the file has it or not", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  const follower = openStateFollower(folder);
  const see = () =>
    follower.read((rows, applied) => [applied?.num, allOf(rows).map(({ row }) => row[0])]);
  assert.deepEqual(see(), [undefined, []]);
  const first = [put(1, 10), put(2, 20)];
  applyTo(state, 1, first);
  assert.deepEqual(see(), [undefined, []], "the file has nothing yet");
  follower.add(block(1, first));
  assert.deepEqual(see(), [1, [10, 20]]);
  await state.write();
  assert.equal(state.writtenNum(), 1);
  assert.deepEqual(see(), [1, [10, 20]]);
  const second = [remove(1), put(3, 30)];
  applyTo(state, 2, second);
  follower.add(block(2, second));
  assert.deepEqual(see(), [2, [20, 30]]);
  assert.deepEqual(
    follower.readFile((rows, applied) => [applied?.num, allOf(rows).length]),
    [1, 2],
    "SQL sees what the file has",
  );
  applyTo(state, 3, [put(4, 40)]);
  await state.write();
  assert.deepEqual(see(), [3, [20, 30, 40]], "the file may be ahead of what was added");
  follower.close();
  await state.close();
});

test("a folder that is opened again has the height that it had, for those who follow", async () => {
  const folder = newFolder();
  const before = openedState(folder);
  applyTo(before, 7, [put(1, 1)]);
  assert.equal(before.writtenNum(), 0);
  await before.close();
  const state = openedState(folder);
  assert.equal(state.writtenNum(), 7);
  await state.close();
});

test("blocks with a hole before them are refused, not shown", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  const follower = openStateFollower(folder);
  applyTo(state, 1, [put(1, 1)]);
  await state.write();
  follower.add(block(3, [put(3, 3)]));
  assert.throws(() => follower.read((rows) => allOf(rows)), FollowerGap);
  applyTo(state, 2, [put(2, 2)]);
  await state.write();
  assert.equal(
    follower.read((rows) => allOf(rows)).length,
    3,
    "when the file has what was missing, it is whole",
  );
  follower.close();
  await state.close();
});

test("a follower reads what the node reads, however blocks and writes to the file come", async (context) => {
  context.diagnostic(`KITH_SEED=${seed}`);
  let dice = seed;
  const roll = (sides: number): number => {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((dice / 2 ** 32) * sides);
  };
  const folder = newFolder();
  const state = openedState(folder);
  const model = memoryState();
  const follower = openStateFollower(folder);
  let waiting: { num: number; changes: readonly Change[] }[] = [];
  for (let num = 1; num <= 400; num++) {
    const changes = Array.from({ length: roll(6) }, () =>
      roll(3) === 0 ? remove(roll(40), roll(2)) : put(roll(40), roll(256), roll(2)),
    );
    applyTo(state, num, changes);
    applyTo(model, num, changes);
    waiting.push({ num, changes });
    if (roll(4) === 0) await state.write();
    if (roll(3) === 0) continue;
    const needed = waiting.filter((each) => each.num > state.writtenNum());
    for (const each of needed) follower.add(block(each.num, each.changes));
    waiting = [];
    follower.read((rows, applied) => {
      assert.equal(applied?.num, num);
      const [reverse, limit] = [roll(2) === 0, roll(50)];
      assert.deepEqual(allOf(rows, reverse, limit), allOf(model, reverse, limit), `at ${num}`);
      for (let key = 0; key < 40; key++) {
        const address = { service, space: roll(2), key: Uint8Array.of(key) };
        assert.deepEqual(rows.getRow(address), model.getRow(address), `${key} at ${num}`);
      }
    });
  }
  follower.close();
  await state.close();
});

test("what blocks changed may come in parts", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  applyTo(state, 1, [put(9, 9)]);
  await state.write();
  const follower = openStateFollower(folder);
  const parts = [[put(1, 1), put(2, 2)], [remove(2), put(3, 3)], [put(4, 4)]];
  for (const changes of parts) follower.add({ ...block(5, changes), first: blockNumOf(2) });
  follower.read((rows, applied) => {
    assert.equal(applied?.num, 5);
    assert.deepEqual(
      allOf(rows).map(({ row }) => row[0]),
      [1, 3, 4, 9],
    );
  });
  follower.close();
  await state.close();
});
