import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import { appliedRecord, newFolder, openedState } from "./fixtures.ts";
import { memoryState } from "./memory-state.ts";
import type { RowAddress, StateStore } from "./state-store.ts";

const implementations: readonly { readonly name: string; readonly open: () => StateStore }[] = [
  { name: "memoryState", open: memoryState },
  { name: "openState", open: () => openedState(newFolder()) },
];

const alice = "alice" as AccountName;
const at = (key: number[], space = 0, service = alice): RowAddress => ({
  service,
  space,
  key: Uint8Array.from(key),
});
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const txId = (n: number): TransactionId => n.toString(16).padStart(64, "0") as TransactionId;

function everything(state: StateStore): readonly (readonly [number[], number[]])[] {
  return state
    .rangeRows({ service: alice, space: 0, reverse: false, limit: 1000 })
    .map(({ key, row }) => [[...key], [...row]] as const);
}

for (const { name, open } of implementations) {
  describe(name, () => {
    test("a row that was put can be read, replaced and removed", () => {
      const state = open();
      state.begin();
      assert.equal(state.getRow(at([1])), undefined);
      state.putRow(at([1]), bytes(10));
      assert.deepEqual([...(state.getRow(at([1])) ?? [])], [10]);
      state.putRow(at([1]), bytes(11, 12));
      assert.deepEqual([...(state.getRow(at([1])) ?? [])], [11, 12]);
      assert.equal(state.getRow(at([1], 16)), undefined);
      state.removeRow(at([1]));
      assert.equal(state.getRow(at([1])), undefined);
      state.commit(appliedRecord(1));
    });

    test("a range is in the order of the key bytes, from inclusive and to exclusive, both ways", () => {
      const state = open();
      state.begin();
      const keys = [[], [0], [0, 0], [0, 255], [1], [127], [128], [128, 1], [255], [255, 255]];
      for (const key of keys.toReversed()) state.putRow(at(key), bytes(key.length));
      state.commit(appliedRecord(1));
      const range = (from: number[] | undefined, to: number[] | undefined, reverse: boolean) =>
        state
          .rangeRows({
            service: alice,
            space: 0,
            ...(from === undefined ? {} : { from: Uint8Array.from(from) }),
            ...(to === undefined ? {} : { to: Uint8Array.from(to) }),
            reverse,
            limit: 100,
          })
          .map(({ key }) => [...key]);
      assert.deepEqual(range(undefined, undefined, false), keys);
      assert.deepEqual(range(undefined, undefined, true), keys.toReversed());
      assert.deepEqual(range([0, 0], [128], false), [[0, 0], [0, 255], [1], [127]]);
      assert.deepEqual(range([0, 0], [128], true), [[127], [1], [0, 255], [0, 0]]);
      assert.deepEqual(range([0, 1], undefined, false)[0], [0, 255]);
      assert.deepEqual(range(undefined, [0], false), [[]]);
      assert.deepEqual(range([5], [5], true), []);
      const limited = state.rangeRows({ service: alice, space: 0, reverse: true, limit: 2 });
      assert.deepEqual(
        limited.map(({ key }) => [...key]),
        [[255, 255], [255]],
      );
    });

    test("bytes are copied when they are put", () => {
      const state = open();
      state.begin();
      const row = bytes(1, 2, 3);
      const address = at([7]);
      state.putRow(address, row);
      row.fill(9);
      address.key.fill(9);
      assert.deepEqual(everything(state), [[[7], [1, 2, 3]]]);
    });

    test("abandon undoes everything since begin", () => {
      const state = open();
      state.begin();
      state.putRow(at([1]), bytes(1));
      state.commit(appliedRecord(1));
      state.begin();
      state.putRow(at([1]), bytes(2));
      state.putRow(at([1], 32), bytes(2));
      state.abandon();
      assert.deepEqual(everything(state), [[[1], [1]]]);
      assert.equal(state.getRow(at([1], 32)), undefined);
      assert.equal(state.applied()?.num, 1);
      state.begin();
      state.putRow(at([1]), bytes(3));
      state.commit(appliedRecord(2));
      assert.deepEqual(everything(state), [[[1], [3]]]);
    });

    test("the applied record and its history come with the commit", () => {
      const state = open();
      assert.equal(state.applied(), undefined);
      for (let num = 1; num <= 5000; num += 1) {
        state.begin();
        state.commit(appliedRecord(num));
      }
      assert.deepEqual(state.applied(), appliedRecord(5000));
      assert.deepEqual(state.appliedAt(4990 as BlockNum), appliedRecord(4990));
      assert.deepEqual(state.appliedAt(905 as BlockNum), appliedRecord(905));
      assert.equal(state.appliedAt(904 as BlockNum), undefined);
      assert.equal(state.appliedAt(5001 as BlockNum), undefined);
    });

    test("tree nodes are found by path until they are removed", () => {
      const state = open();
      state.begin();
      state.putTreeNode(bytes(), bytes(1));
      state.putTreeNode(bytes(0, 1), bytes(2));
      assert.deepEqual([...(state.getTreeNode(bytes()) ?? [])], [1]);
      state.putTreeNode(bytes(0, 1), bytes(3));
      assert.deepEqual([...(state.getTreeNode(bytes(0, 1)) ?? [])], [3]);
      state.removeTreeNode(bytes());
      assert.equal(state.getTreeNode(bytes()), undefined);
      state.commit(appliedRecord(1));
    });

    test("receipts go when they expired before the given second", () => {
      const state = open();
      state.begin();
      for (let n = 1; n <= 4; n += 1) {
        const blockNum = n as BlockNum;
        state.putReceipt(txId(n), { blockNum, expirationSeconds: n * 10, bytes: bytes(n) });
      }
      state.pruneReceipts(30);
      state.commit(appliedRecord(1));
      assert.deepEqual(
        [1, 2, 3, 4].map((n) => state.getReceipt(txId(n))?.[0]),
        [undefined, undefined, 3, 4],
      );
    });

    test("spaces that have rows are listed in order", () => {
      const state = open();
      state.begin();
      const bob = "bob" as AccountName;
      for (const address of [at([1], 32, bob), at([1], 16, bob), at([1], 48), at([1], 0)]) {
        state.putRow(address, bytes(1));
      }
      state.removeRow(at([1], 48));
      state.commit(appliedRecord(1));
      assert.deepEqual(state.listSpaces(), [
        { service: alice, space: 0 },
        { service: bob, space: 16 },
        { service: bob, space: 32 },
      ]);
    });

    test("clear forgets everything and can be abandoned", () => {
      const state = open();
      state.begin();
      state.putRow(at([1]), bytes(1));
      state.putTreeNode(bytes(1), bytes(1));
      state.putReceipt(txId(1), { blockNum: 1 as BlockNum, expirationSeconds: 5, bytes: bytes(1) });
      state.commit(appliedRecord(1));
      state.begin();
      state.clear();
      assert.equal(state.applied(), undefined);
      state.abandon();
      assert.deepEqual(everything(state), [[[1], [1]]]);
      assert.equal(state.applied()?.num, 1);
      state.begin();
      state.clear();
      state.putRow(at([2]), bytes(2));
      state.commit(appliedRecord(9));
      assert.deepEqual(everything(state), [[[2], [2]]]);
      assert.equal(state.getTreeNode(bytes(1)), undefined);
      assert.equal(state.getReceipt(txId(1)), undefined);
      assert.equal(state.appliedAt(1 as BlockNum), undefined);
      assert.equal(state.applied()?.num, 9);
    });

    test("writes outside of a transaction are refused", () => {
      const state = open();
      assert.throws(() => state.putRow(at([1]), bytes(1)));
      assert.throws(() => state.removeRow(at([1])));
      assert.throws(() => state.putTreeNode(bytes(1), bytes(1)));
      assert.throws(() => state.commit(appliedRecord(1)));
      state.begin();
      assert.throws(() => state.begin());
    });
  });
}

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`a state in a file is what one in memory is, whatever is done to them (seed ${seed})`, async () => {
  const random = seedRandom(seed);
  const [memory, file] = [memoryState(), openedState(newFolder(), { pendingBytesMax: 9000 })];
  const both = (run: (state: StateStore) => void): void => [memory, file].forEach(run);
  const randomAddress = (): RowAddress => {
    const key = Array.from({ length: nextBelow(random, 3) }, () => nextBelow(random, 4) * 85);
    return at(key, nextBelow(random, 3) * 16);
  };
  for (let num = 1; num <= 300; num += 1) {
    both((state) => state.begin());
    for (let step = 0; step < 20; step += 1) {
      const address = randomAddress();
      const value = bytes(nextBelow(random, 256));
      const what = nextBelow(random, 40);
      if (what === 0) both((state) => state.clear());
      else if (what < 14) both((state) => state.putRow(address, value));
      else if (what < 22) both((state) => state.removeRow(address));
      else if (what < 27) both((state) => state.putTreeNode(address.key, value));
      else if (what < 30) both((state) => state.removeTreeNode(address.key));
      else if (what < 34) {
        const receipt = { blockNum: num as BlockNum, expirationSeconds: num + 20, bytes: value };
        const id = txId(nextBelow(random, 30));
        both((state) => state.putReceipt(id, receipt));
      } else if (what === 34) both((state) => state.pruneReceipts(num + 5));
      assert.deepEqual(file.getRow(address), memory.getRow(address));
      assert.deepEqual(file.getTreeNode(address.key), memory.getTreeNode(address.key));
      const range = {
        ...address,
        ...(nextBelow(random, 2) === 0 ? { from: address.key } : { to: address.key }),
        reverse: nextBelow(random, 2) === 0,
        limit: nextBelow(random, 5),
      };
      assert.deepEqual(file.rangeRows(range), memory.rangeRows(range));
    }
    if (nextBelow(random, 4) === 0) both((state) => state.abandon());
    else both((state) => state.commit(appliedRecord(num)));
    assert.deepEqual(file.listSpaces(), memory.listSpaces());
    assert.deepEqual(file.applied(), memory.applied());
    for (let n = 0; n < 30; n += 1) {
      assert.deepEqual(file.getReceipt(txId(n)), memory.getReceipt(txId(n)));
    }
    // Now and then the writer gets on with what it has to write, or through.
    if (nextBelow(random, 3) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (nextBelow(random, 20) === 0) await file.flush();
  }
  await file.close();
});
