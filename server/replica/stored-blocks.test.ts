import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { blocksResponseBytesMax } from "./limits.ts";
import { storedBlocks } from "./stored-blocks.ts";
import { testBlocks, TestLog } from "./test-support.ts";

const numsOf = (log: TestLog, first: number, last: number): number[] =>
  storedBlocks(log, blockNumOf(first), blockNumOf(last)).map((block) => block.header.blockNum);

test("blocks come in order, from the first to the last that was asked for", () => {
  const log = new TestLog(testBlocks({ count: 6 }));
  assert.deepEqual(numsOf(log, 2, 4), [2, 3, 4]);
  assert.deepEqual(numsOf(log, 6, 6), [6]);
});

test("the answer ends before a block that is absent or cannot be read", () => {
  const log = new TestLog(testBlocks({ count: 6 }));
  assert.deepEqual(numsOf(log, 5, 9), [5, 6]);
  log.damaged.add(4);
  assert.deepEqual(numsOf(log, 2, 6), [2, 3]);
  assert.deepEqual(numsOf(log, 4, 6), []);
});

test("a range that ends before it starts is empty", () => {
  assert.deepEqual(numsOf(new TestLog(testBlocks({ count: 3 })), 3, 2), []);
});

test("an answer carries no more bytes than one message should, and yet always one block", () => {
  const half = new Uint8Array(blocksResponseBytesMax / 2 - 1_000);
  const halves = new TestLog(testBlocks({ count: 5, transactions: () => [half] }));
  assert.deepEqual(numsOf(halves, 1, 5), [1, 2]);
  const whole = new Uint8Array(blocksResponseBytesMax);
  const large = new TestLog(testBlocks({ count: 3, transactions: () => [whole] }));
  assert.deepEqual(numsOf(large, 2, 3), [2]);
});
