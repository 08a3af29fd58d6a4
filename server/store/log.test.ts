import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Ballot } from "@kith/protocol/ballot";
import { blockIdOf, blockNumOf, nodeIdOf, termOf } from "@kith/protocol/ids";

import { blocksFrom, newFolder, openedLog, persisted } from "./fixtures.ts";
import type { LogStore } from "./log-store.ts";
import { openLog } from "./log.ts";

const num = blockNumOf;

function numsOf(log: LogStore): readonly number[] {
  const range = log.range();
  if (range === undefined) return [];
  const nums: number[] = [];
  for (let at = range.first; at <= range.last; at = num(at + 1)) {
    const read = log.readBlock(at);
    assert.equal(read.kind, "found");
    nums.push(at);
  }
  return nums;
}

test("a new log is empty and has no vote", async () => {
  const { log, notes } = openedLog(newFolder());
  assert.equal(log.range(), undefined);
  assert.deepEqual(log.ballot(), { term: 0 });
  assert.deepEqual(log.readBlock(num(1)), { kind: "absent" });
  assert.deepEqual(notes, []);
  await log.close();
});

test("blocks and vote are there after the log was closed and opened again", async () => {
  const folder = newFolder();
  const first = openedLog(folder).log;
  const blocks = blocksFrom(undefined, 50, { sizeBytes: 10_000 });
  const place = { num: num(49), id: blockIdOf("cd".repeat(32)) };
  const ballot: Ballot = {
    term: termOf(3),
    votedFor: nodeIdOf("ab".repeat(32)),
    root: place,
    lock: { kind: "prepared", epoch: num(1), term: termOf(2), ...place, links: [], votes: [] },
  };
  await persisted(first, { ballot, blocks });
  await first.close();
  assert.equal(statSync(join(folder, "log.db-wal"), { throwIfNoEntry: false })?.size ?? 0, 0);
  const { log, notes } = openedLog(folder);
  assert.deepEqual(notes, []);
  assert.deepEqual(log.ballot(), ballot);
  assert.deepEqual(log.range(), { first: 1, last: 50 });
  const read = log.readBlock(num(17));
  assert.ok(read.kind === "found");
  assert.deepEqual(read.block, blocks[16]);
  assert.deepEqual(log.blockRef(num(17)), { id: blocks[16]?.id, term: 1 });
  await log.close();
});

test("what was given to the log can be read before it is on disk", async () => {
  const { log } = openedLog(newFolder());
  const blocks = blocksFrom(undefined, 3);
  const done = persisted(log, { ballot: { term: termOf(1) }, blocks });
  assert.deepEqual(numsOf(log), [1, 2, 3]);
  assert.equal(log.ballot().term, 1);
  await done;
  await log.close();
});

test("done is called in the order of the batches, and never before the call returns", async () => {
  const { log } = openedLog(newFolder());
  const order: number[] = [];
  const blocks = blocksFrom(undefined, 40);
  await new Promise<void>((resolve) => {
    for (const [index, block] of blocks.entries()) {
      log.persist({ blocks: [block] }, () => {
        order.push(index);
        if (index === blocks.length - 1) resolve();
      });
    }
    assert.deepEqual(order, []);
  });
  assert.deepEqual(order, [...blocks.keys()]);
  await log.close();
});

test("a batch forgets the blocks after keepNum before it appends", async () => {
  const folder = newFolder();
  const { log } = openedLog(folder);
  const old = blocksFrom(undefined, 10);
  await persisted(log, { blocks: old });
  const newer = blocksFrom(old[5], 2, { term: 2 });
  await persisted(log, { keepNum: num(6), blocks: newer });
  assert.deepEqual(log.range(), { first: 1, last: 8 });
  assert.equal(log.blockRef(num(7))?.term, 2);
  await log.close();
  const again = openedLog(folder).log;
  assert.deepEqual(again.range(), { first: 1, last: 8 });
  assert.equal(again.blockRef(num(8))?.id, newer[1]?.id);
  await again.close();
});

test("a log starts again behind the block of a snapshot and keeps the vote", async () => {
  const folder = newFolder();
  const { log } = openedLog(folder);
  await persisted(log, { ballot: { term: termOf(7) }, blocks: blocksFrom(undefined, 5) });
  const later = blocksFrom(undefined, 30);
  const [block, next] = later.slice(28);
  assert.ok(block !== undefined && next !== undefined);
  await new Promise<void>((resolve) => log.restartAt(block, resolve));
  assert.deepEqual(log.range(), { first: 29, last: 29 });
  await persisted(log, { blocks: [next] });
  await log.close();
  const again = openedLog(folder).log;
  assert.deepEqual(again.range(), { first: 29, last: 30 });
  assert.equal(again.ballot().term, 7);
  await again.close();
});

test("old blocks leave the log, the newest one never does", async () => {
  const folder = newFolder();
  const { log } = openedLog(folder);
  const blocks = blocksFrom(undefined, 300);
  await persisted(log, { blocks });
  log.dropBefore(num(290));
  assert.deepEqual(log.range(), { first: 290, last: 300 });
  assert.deepEqual(log.readBlock(num(289)), { kind: "absent" });
  assert.throws(() => log.dropBefore(num(301)));
  await log.close();
  const again = openedLog(folder).log;
  assert.deepEqual(numsOf(again), [290, 291, 292, 293, 294, 295, 296, 297, 298, 299, 300]);
  await again.close();
});

test("a block that does not follow the last one is a broken invariant", async () => {
  const { log } = openedLog(newFolder());
  const blocks = blocksFrom(undefined, 3);
  assert.throws(() => log.persist({ blocks: blocks.toReversed() }, () => undefined));
  await log.close();
});

test("the log of another chain is refused", async () => {
  const folder = newFolder();
  const chain = blockIdOf("01".repeat(32));
  await openedLog(folder, { chain }).log.close();
  await openedLog(folder).log.close();
  const other = openLog({ folder, chain: blockIdOf("02".repeat(32)), onBroken: () => undefined });
  assert.deepEqual(other, { ok: false, error: { code: "other-chain", chain } });
});

test(
  "the write-ahead log does not grow without bound, and its contents arrive in the database",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    const { log } = openedLog(folder);
    let last = undefined;
    for (let round = 0; round < 60; round += 1) {
      const blocks = blocksFrom(last, 10, { sizeBytes: 60_000 });
      await persisted(log, { blocks });
      last = blocks.at(-1);
    }
    assert.ok(statSync(join(folder, "log.db-wal")).size < 24 * 1024 * 1024);
    assert.ok(statSync(join(folder, "log.db")).size > 10 * 1024 * 1024);
    assert.deepEqual(log.scrub(num(1), 600), []);
    await log.close();
  },
);

test("an idle log writes nothing", async () => {
  const folder = newFolder();
  const { log } = openedLog(folder);
  await persisted(log, { blocks: blocksFrom(undefined, 5) });
  const files = ["log.db", "log.db-wal", "log.synced"].map((name) => join(folder, name));
  const before = files.map((file) => statSync(file, { bigint: true }).mtimeNs);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(
    files.map((file) => statSync(file, { bigint: true }).mtimeNs),
    before,
  );
  await log.close();
});
