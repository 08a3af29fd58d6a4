import assert from "node:assert/strict";
import { test } from "node:test";

import type { TransactionId } from "@kith/protocol/ids";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import type { SubmitOutcome } from "./outcome.ts";
import { Pool, type PoolEntry } from "./pool.ts";

function entryOf(name: string, bytes: number): PoolEntry {
  const prepared = { id: name as TransactionId, bytes: new Uint8Array(bytes) };
  return {
    prepared: prepared as unknown as PreparedTransaction,
    waiting: [],
    stage: "queued",
    addedMs: 0,
    passedMs: 0,
  };
}

const idsOf = (batch: readonly PoolEntry[]): string[] => batch.map((entry) => entry.prepared.id);

test("a batch takes the oldest transactions that fit", () => {
  const pool = new Pool();
  for (const name of ["a", "b", "c"]) pool.add(entryOf(name, 100));
  assert.deepEqual(idsOf(pool.nextBatch(250, 10)), ["a", "b"]);
  assert.deepEqual(idsOf(pool.nextBatch(250, 1)), ["a"]);
});

test("one transaction larger than a block's share still goes, alone", () => {
  const pool = new Pool();
  pool.add(entryOf("large", 1000));
  pool.add(entryOf("small", 10));
  assert.deepEqual(idsOf(pool.nextBatch(500, 10)), ["large"]);
});

test("a proposed transaction is not proposed twice, and comes back when it is requeued", () => {
  const pool = new Pool();
  for (const name of ["a", "b"]) pool.add(entryOf(name, 100));
  pool.markProposed(pool.nextBatch(100, 10));
  assert.equal(pool.queuedBytes, 100);
  assert.deepEqual(idsOf(pool.nextBatch(1000, 10)), ["b"]);
  const first = pool.get("a" as TransactionId);
  assert.ok(first !== undefined);
  pool.requeue(first);
  assert.deepEqual(idsOf(pool.nextBatch(1000, 10)), ["b", "a"]);
});

test("a transaction that left the queue and came back is in a batch once", () => {
  const pool = new Pool();
  for (const name of ["a", "b"]) pool.add(entryOf(name, 100));
  const second = pool.get("b" as TransactionId);
  assert.ok(second !== undefined);
  pool.markPassed(second, 0);
  pool.requeue(second);
  const batch = pool.nextBatch(1000, 10);
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
    const batch = pool.nextBatch(10_000, 1000);
    assert.equal(batch.length, 100);
    pool.markProposed(batch);
    for (const entry of batch) pool.remove(entry.prepared.id);
  }
  assert.equal(pool.queuedBytes, 0);
  assert.deepEqual(pool.nextBatch(1000, 10), []);
});
