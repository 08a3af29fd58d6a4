import assert from "node:assert/strict";
import { test } from "node:test";

import type { TransactionId } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { Demand } from "./demand.ts";
import { demandDoubtMs, demandLookMs, demandReviewsMax } from "./limits.ts";
import { Pool, type PoolEntry } from "./pool.ts";
import { testAction, TestClock } from "./test-support.ts";

function openDemand() {
  const clock = new TestClock();
  const pool = new Pool();
  const facts = { isWatched: true, resting: "", refused: new Set<string>(), checked: 0 };
  const told: (number | undefined)[] = [];
  const settled: string[] = [];
  const demand = new Demand({
    pool,
    clock,
    chain: {
      checkAdmission: ({ id }) => {
        facts.checked++;
        return facts.refused.has(id) ? err({ code: "already-executed" }) : ok(undefined);
      },
    },
    work: { roomFor: ({ sender }) => (sender === facts.resting ? 0 : 1) },
    isWatched: () => facts.isWatched,
    tell: (sinceMs) => told.push(sinceMs),
  });
  const arrive = (name: string, sender = "alice"): PoolEntry => {
    const transaction = { actions: [testAction(sender)] };
    const prepared = { id: name as TransactionId, bytes: new Uint8Array(10), transaction };
    const addedMs = clock.now().monotonicMs;
    const entry: PoolEntry = {
      prepared: prepared as unknown as PreparedTransaction,
      waiting: [({ kind }) => settled.push(`${name} ${kind}`)],
      isOwn: true,
      stage: "passed",
      addedMs,
      passedMs: addedMs,
    };
    pool.add(entry);
    demand.watch();
    return entry;
  };
  const execute = ({ prepared }: PoolEntry): void => {
    pool.noteExecuted(prepared, clock.now().monotonicMs);
    pool.remove(prepared.id);
  };
  return { clock, pool, facts, told, settled, demand, arrive, execute };
}

/** A look comes at most so long after something has waited for too long. */
const untilDoubtMs = demandDoubtMs + demandLookMs;

test("what is executed soon is never told, and afterwards nothing looks any more", () => {
  const { clock, told, arrive, execute } = openDemand();
  const entry = arrive("a");
  clock.advance(demandDoubtMs / 2);
  execute(entry);
  clock.advance(untilDoubtMs);
  assert.deepEqual(told, []);
  assert.equal(clock.waiting, 0);
});

test("what waits for long is told with when it came, once, and that it is gone", () => {
  const { clock, told, arrive, execute } = openDemand();
  clock.advance(70);
  const entry = arrive("a");
  clock.advance(5 * untilDoubtMs);
  assert.deepEqual(told, [70]);
  execute(entry);
  clock.advance(demandLookMs);
  assert.deepEqual(told, [70, undefined]);
});

test("under CFT nothing is told, and from the change to BFT on what waits is", () => {
  const { clock, told, facts, arrive } = openDemand();
  facts.isWatched = false;
  arrive("a");
  clock.advance(3 * untilDoubtMs);
  assert.deepEqual([told, facts.checked], [[], 0]);
  facts.isWatched = true;
  clock.advance(demandLookMs);
  assert.deepEqual(told, [0]);
});

test("what stands in a block that is on its way does not wait", () => {
  const { clock, told, arrive, pool } = openDemand();
  pool.requeue(arrive("a"));
  pool.markProposed(pool.nextBatch({ bytesMax: 1000, countMax: 9, eachMax: 9 }));
  clock.advance(3 * untilDoubtMs);
  assert.deepEqual(told, []);
  arrive("b");
  clock.advance(untilDoubtMs);
  assert.deepEqual(told, [3 * untilDoubtMs]);
});

test("a sender that is served in its turn does not wait, however much it has sent", () => {
  const { clock, told, arrive, execute } = openDemand();
  const entries = Array.from({ length: 20 }, (_, at) => arrive(`a${at}`));
  for (const entry of entries.slice(0, 19)) {
    clock.advance(demandDoubtMs - demandLookMs);
    execute(entry);
  }
  assert.deepEqual(told, []);
  const sinceMs = clock.now().monotonicMs;
  clock.advance(untilDoubtMs);
  assert.deepEqual(told, [sinceMs]);
});

test("what came much later and is executed first does not speak for what it has overtaken", () => {
  const { clock, told, arrive, execute } = openDemand();
  arrive("held back");
  for (let count = 0; count < 20; count++) {
    clock.advance(demandDoubtMs / 2);
    execute(arrive(`other ${count}`));
  }
  assert.ok(clock.now().monotonicMs > 5 * demandDoubtMs);
  // The first ones came within a second of it, so that their order says little.
  assert.ok((told.at(-1) ?? Number.POSITIVE_INFINITY) <= demandDoubtMs, told.join(", "));
});

test("other senders do not speak for the one that is held back", () => {
  const { clock, told, arrive, execute } = openDemand();
  arrive("held back", "carol");
  for (let count = 0; count < 8; count++) {
    clock.advance(demandDoubtMs / 2);
    execute(arrive(`${count}`, "bob"));
  }
  assert.deepEqual(told, [0]);
});

test("who has to rest is not held back", () => {
  const { clock, told, facts, arrive } = openDemand();
  facts.resting = "carol";
  arrive("a", "carol");
  clock.advance(3 * untilDoubtMs);
  assert.deepEqual(told, []);
  facts.resting = "";
  clock.advance(demandLookMs);
  assert.deepEqual(told, [0]);
});

test("what this node itself would not admit any more deposes nobody, and its client is told", () => {
  const { clock, told, facts, settled, pool, arrive } = openDemand();
  facts.refused.add("bad");
  arrive("bad", "bob");
  clock.advance(10);
  arrive("good", "carol");
  clock.advance(untilDoubtMs);
  assert.deepEqual(told, [10]);
  assert.deepEqual(settled, ["bad refused"]);
  assert.equal(pool.size, 1);
});

test("what was good and goes bad while it waits stops counting", () => {
  const { clock, told, facts, arrive } = openDemand();
  arrive("a");
  clock.advance(untilDoubtMs);
  assert.deepEqual(told, [0]);
  facts.refused.add("a");
  clock.advance(untilDoubtMs);
  assert.deepEqual(told, [0, undefined]);
});

test("a look checks few transactions again, whatever waits", () => {
  const { clock, told, facts, arrive } = openDemand();
  for (let count = 0; count < 10 * demandReviewsMax; count++) {
    facts.refused.add(`${count}`);
    arrive(`${count}`, `s${count}`);
  }
  arrive("good", "carol");
  clock.advance(demandDoubtMs);
  assert.equal(facts.checked, demandReviewsMax);
  clock.advance(10 * demandLookMs);
  assert.equal(facts.checked, 10 * demandReviewsMax + 1);
  assert.deepEqual(told, [0]);
});
