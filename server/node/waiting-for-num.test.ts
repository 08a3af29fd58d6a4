import assert from "node:assert/strict";
import { test } from "node:test";

import { TestClock } from "@kith/replica/test-support";

import { WaitingForNum } from "./waiting-for-num.ts";

/** At block 5. */
function openWaiting() {
  const facts = { reached: 5 };
  const clock = new TestClock();
  const waiting = new WaitingForNum({
    reached: () => facts.reached,
    after: (delayMs, run) => clock.after(delayMs, run),
  });
  const told: string[] = [];
  const reach = (num: number, msMax = 100): void =>
    waiting.reach(num, msMax, (isThere) => told.push(`${num} ${isThere}`));
  const come = (num: number): void => {
    facts.reached = num;
    waiting.note();
  };
  return { facts, clock, waiting, told, reach, come };
}

test("whoever waits is told as soon as blocks have come so far, each once", () => {
  const { clock, waiting, told, reach, come } = openWaiting();
  reach(5);
  reach(6);
  reach(8);
  assert.deepEqual([told, waiting.size], [["5 true"], 2]);
  come(7);
  assert.deepEqual([told, waiting.size], [["5 true", "6 true"], 1]);
  come(9);
  assert.deepEqual([told, waiting.size], [["5 true", "6 true", "8 true"], 0]);
  assert.equal(clock.waiting, 0, "no timer is left");
  clock.advance(1_000);
  assert.equal(told.length, 3);
});

test("nobody waits longer than was said, and nothing runs meanwhile", () => {
  const { facts, clock, waiting, told, reach } = openWaiting();
  reach(6, 100);
  reach(7, 200);
  assert.equal(clock.waiting, 2, "one timer each, for the end");
  clock.advance(99);
  assert.deepEqual(told, []);
  clock.advance(1);
  assert.deepEqual(told, ["6 false"]);
  // A snapshot tells nobody.
  facts.reached = 9;
  clock.advance(100);
  assert.deepEqual([told, waiting.size], [["6 false", "7 true"], 0]);
});

test("whoever is told may ask again at once", () => {
  const { waiting, told, reach, come } = openWaiting();
  waiting.reach(6, 100, () => reach(7));
  come(6);
  assert.deepEqual([told, waiting.size], [[], 1]);
  come(7);
  assert.deepEqual(told, ["7 true"]);
});
