import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, brandAccountName, termOf } from "@kith/protocol/ids";

import { BlockLog } from "./block-log.ts";

const none = { num: 0, id: blockIdOf("0".repeat(64)), term: 0, time: 0 };

function next(log: BlockLog, term = 1): SealedBlock {
  return sealBlock(
    {
      previous: log.head.id,
      blockNum: blockNumOf(log.head.num + 1),
      time: log.head.time + 1,
      producer: brandAccountName("a"),
      term: termOf(term),
      commitNum: blockNumOf(0),
      consensusState: zeroChecksum,
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
    },
    [],
  );
}

function logOf(count: number): BlockLog {
  const log = new BlockLog(none);
  for (let i = 0; i < count; i += 1) log.append(next(log));
  return log;
}

test("blocks are found by number while the ring grows", () => {
  const log = logOf(100);
  for (let num = 1; num <= 100; num += 1) assert.equal(log.block(num)?.header.blockNum, num);
  assert.equal(log.block(0), undefined);
  assert.equal(log.block(101), undefined);
  assert.equal(log.idAt(0), none.id);
});

test("dropping the end gives the blocks back and leaves the rest", () => {
  const log = logOf(10);
  const dropped = log.truncate(7);
  assert.deepEqual(
    dropped.map(({ header }) => header.blockNum as number),
    [8, 9, 10],
  );
  assert.equal(log.head.num, 7);
  log.append(next(log, 2));
  assert.equal(log.termAt(8), 2);
  assert.equal(log.termAt(9), undefined);
});

test("dropping everything leaves the anchor as the head", () => {
  const log = logOf(3);
  log.truncate(0);
  assert.deepEqual(log.head, none);
});

test("forgetting the oldest block moves the anchor, not the numbers", () => {
  const log = logOf(40);
  const id = log.idAt(30);
  for (let i = 0; i < 30; i += 1) log.forgetFirst();
  assert.equal(log.firstNum, 31);
  assert.equal(log.anchor.id, id);
  assert.equal(log.block(30), undefined);
  assert.equal(log.block(31)?.header.blockNum, 31);
});

test("bytes between two blocks are counted across growth, forgetting and dropping", () => {
  const log = logOf(40);
  for (let i = 0; i < 10; i += 1) log.forgetFirst();
  log.truncate(35);
  for (let i = 0; i < 5; i += 1) log.append(next(log, 3));
  let bytes = 0;
  for (let num = 21; num <= 40; num += 1) bytes += log.block(num)?.bytes.length ?? 0;
  assert.equal(log.bytesBetween(20, 40), bytes);
  assert.equal(log.bytesBetween(40, 40), 0);
});
