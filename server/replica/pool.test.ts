import assert from "node:assert/strict";
import { test } from "node:test";

import type { TransactionId } from "@kith/protocol/ids";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { poolSenderBytesMax, poolSenderTransactionsMax } from "./limits.ts";
import type { SubmitOutcome } from "./outcome.ts";
import { Pool, type BatchLimits, type PoolEntry } from "./pool.ts";

function entryOf(name: string, bytes: number, sender = "alice"): PoolEntry {
  const prepared = {
    id: name as TransactionId,
    bytes: new Uint8Array(bytes),
    transaction: { actions: [{ sender }] },
  };
  return {
    prepared: prepared as unknown as PreparedTransaction,
    waiting: [],
    isOwn: true,
    stage: "queued",
    addedMs: 0,
    passedMs: 0,
  };
}

const upTo = (bytesMax: number, countMax: number, eachMax = 1000): BatchLimits => ({
  bytesMax,
  countMax,
  eachMax,
});

const twoOfAlice = ({ sender }: { readonly sender: string }, proposed: number): number =>
  sender === "alice" ? 2 - proposed : 0;

const idsOf = (batch: readonly PoolEntry[]): string[] => batch.map((entry) => entry.prepared.id);

test("a batch takes the oldest transactions that fit", () => {
  const pool = new Pool();
  for (const name of ["a", "b", "c"]) pool.add(entryOf(name, 100));
  assert.deepEqual(idsOf(pool.nextBatch(upTo(250, 10))), ["a", "b"]);
  assert.deepEqual(idsOf(pool.nextBatch(upTo(250, 1))), ["a"]);
});

test("one transaction larger than a block's share still goes, alone", () => {
  const pool = new Pool();
  pool.add(entryOf("large", 1000));
  pool.add(entryOf("small", 10));
  assert.deepEqual(idsOf(pool.nextBatch(upTo(500, 10))), ["large"]);
});

test("a proposed transaction is not proposed twice, and comes back when it is requeued", () => {
  const pool = new Pool();
  for (const name of ["a", "b"]) pool.add(entryOf(name, 100));
  pool.markProposed(pool.nextBatch(upTo(100, 10)));
  assert.equal(pool.queuedBytes, 100);
  assert.deepEqual(idsOf(pool.nextBatch(upTo(1000, 10))), ["b"]);
  const first = pool.get("a" as TransactionId);
  assert.ok(first !== undefined);
  pool.requeue(first);
  assert.deepEqual(idsOf(pool.nextBatch(upTo(1000, 10))), ["b", "a"]);
});

test("a transaction that left the queue and came back is in a batch once", () => {
  const pool = new Pool();
  for (const name of ["a", "b"]) pool.add(entryOf(name, 100));
  const second = pool.get("b" as TransactionId);
  assert.ok(second !== undefined);
  pool.markPassed(second, 0);
  pool.requeue(second);
  const batch = pool.nextBatch(upTo(1000, 10));
  assert.deepEqual(idsOf(batch), ["a", "b"]);
  pool.markProposed(batch);
  assert.equal(pool.queuedBytes, 0);
});

test("settling tells everybody who waits, once", () => {
  const pool = new Pool();
  const entry = entryOf("a", 100);
  const told: SubmitOutcome[] = [];
  entry.waiting.push(
    (outcome) => told.push(outcome),
    (outcome) => told.push(outcome),
  );
  pool.add(entry);
  const outcome: SubmitOutcome = { kind: "unavailable", reason: "stopping" };
  pool.settle("a" as TransactionId, outcome);
  pool.settle("a" as TransactionId, outcome);
  assert.deepEqual(told, [outcome, outcome]);
  assert.equal(pool.size, 0);
  assert.equal(pool.queuedBytes, 0);
});

test("many settled transactions leave nothing behind in the queue", () => {
  const pool = new Pool();
  for (let round = 0; round < 50; round++) {
    for (let at = 0; at < 100; at++) pool.add(entryOf(`${round}-${at}`, 10));
    const batch = pool.nextBatch(upTo(10_000, 1000));
    assert.equal(batch.length, 100);
    pool.markProposed(batch);
    for (const entry of batch) pool.remove(entry.prepared.id);
  }
  assert.equal(pool.queuedBytes, 0);
  assert.deepEqual(pool.nextBatch(upTo(1000, 10)), []);
});

test("however many one sends, the others are in the next batch", () => {
  const pool = new Pool();
  for (let i = 0; i < 100; i++) pool.add(entryOf(`m${i}`, 10, "mallory"));
  for (const name of ["a", "b"]) pool.add(entryOf(name, 10, name));
  const first = pool.nextBatch(upTo(10_000, 100, 3));
  assert.deepEqual(idsOf(first), ["m0", "a", "b", "m1", "m2"]);
  pool.markProposed(first);
  pool.add(entryOf("c", 10, "carol"));
  assert.deepEqual(idsOf(pool.nextBatch(upTo(10_000, 2, 3))), ["m3", "c"]);
});

test("whoever was served stands behind the others", () => {
  const pool = new Pool();
  for (const sender of ["a", "b", "c"]) {
    for (let i = 0; i < 3; i++) pool.add(entryOf(`${sender}${i}`, 100, sender));
  }
  const served: string[] = [];
  while (pool.queuedBytes > 0) {
    const batch = pool.nextBatch(upTo(200, 10, 8));
    served.push(idsOf(batch).join(" "));
    pool.markProposed(batch);
  }
  assert.deepEqual(served, ["a0 b0", "c0 a1", "b1 c1", "a2 b2", "c2"]);
});

test("nobody fills the pool alone", () => {
  const pool = new Pool();
  for (let i = 0; i < poolSenderTransactionsMax; i++) pool.add(entryOf(`${i}`, 1, "mallory"));
  assert.equal(pool.hasRoomFor(entryOf("x", 1, "mallory").prepared), false);
  assert.equal(pool.hasRoomFor(entryOf("x", 1, "alice").prepared), true);
  assert.equal(pool.hasRoomFor(entryOf("x", poolSenderBytesMax + 1, "alice").prepared), false);
  pool.remove("0" as TransactionId);
  assert.equal(pool.hasRoomFor(entryOf("x", 1, "mallory").prepared), true);
});

test("of each sender go as many as there is room for, counting those that are on their way", () => {
  const pool = new Pool();
  for (const name of ["a1", "a2", "a3", "a4"]) pool.add(entryOf(name, 10, "alice"));
  pool.add(entryOf("b1", 10, "bob"));
  const limits = { ...upTo(1000, 10), roomFor: twoOfAlice };
  const batch = pool.nextBatch(limits);
  assert.deepEqual(idsOf(batch), ["a1", "a2"]);
  pool.markProposed(batch);
  assert.deepEqual(idsOf(pool.nextBatch(limits)), []);
  const [first, second] = batch;
  assert.ok(first !== undefined && second !== undefined);
  pool.settle(first.prepared.id, { kind: "unavailable", reason: "stopping" });
  assert.deepEqual(idsOf(pool.nextBatch(limits)), ["a3"]);
  pool.requeue(second);
  assert.deepEqual(idsOf(pool.nextBatch(limits)), ["a3", "a4"]);
});
