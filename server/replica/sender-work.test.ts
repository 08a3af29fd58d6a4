import assert from "node:assert/strict";
import { test } from "node:test";

import type { Action } from "@kith/protocol/transaction";

import {
  aloneMs,
  aloneSenderMax,
  fuelInFlightMax,
  restPerWork,
  restSlackMs,
  sendersKnownMax,
  sharingSenderMax,
  unknownFuel,
} from "./limits.ts";
import { SenderWork } from "./sender-work.ts";
import { testAction } from "./test-support.ts";

const heavy = testAction("heavy");
const light = testAction("light");
const manyFuel = 500_000_000;

/** As a machine would that does ten million units in a millisecond. */
function run(work: SenderWork, first: Action, fuel: number, nowMs: number): void {
  work.executed([{ first, fuel }], fuel / 10_000_000, nowMs);
}

test("of a sender that nobody has seen a few go, and more when its transactions turn out to be cheap", () => {
  const work = new SenderWork();
  const few = Math.floor(fuelInFlightMax / unknownFuel);
  assert.equal(work.roomFor(light, 0, 0), few);
  assert.equal(work.roomFor(light, few, 0), 0);
  for (let count = 0; count < 100; count++) run(work, light, 1_000_000, 1000 + count * 10);
  assert.equal(work.roomFor(light, 0, 5000), Math.floor(fuelInFlightMax / 1_000_001));
  // What it was not seen doing may be something else.
  assert.equal(work.roomFor(testAction("light", "other"), 0, 5000), few);
});

test("who is alone has many on the way, who is not a few, however cheap they are", () => {
  const work = new SenderWork();
  for (let count = 0; count < 200; count++) run(work, light, 1000, count * 10);
  assert.equal(work.roomFor(light, 0, 2000 + aloneMs), aloneSenderMax);
  assert.equal(work.roomFor(light, 10, 2000 + aloneMs), aloneSenderMax - 10);
  run(work, heavy, 1000, 2100 + aloneMs);
  assert.equal(work.roomFor(light, 0, 2101 + aloneMs), sharingSenderMax);
});

test("a sender whose transactions take long has one on its way at a time", () => {
  const work = new SenderWork();
  run(work, heavy, manyFuel, 0);
  assert.equal(work.roomFor(heavy, 0, 60_000), 1);
  assert.ok(work.roomFor(heavy, 1, 60_000) <= 0);
});

test("it rests for a multiple of what they took while others send, and then goes on", () => {
  const work = new SenderWork();
  run(work, light, 1_000_000, 0);
  run(work, heavy, manyFuel, 50);
  const restMs = (manyFuel / 10_000_000) * restPerWork;
  assert.equal(work.roomFor(heavy, 0, 51), 0);
  assert.equal(work.roomFor(heavy, 0, 50 + restMs - restSlackMs - 1), 0);
  assert.equal(work.roomFor(heavy, 0, 50 + restMs), 1);
  assert.ok(work.roomFor(light, 0, 51) > 1);
});

test("whoever is alone does not rest", () => {
  const work = new SenderWork();
  run(work, light, 1_000_000, 0);
  for (let nowMs = 50; nowMs < 50 + 2 * aloneMs; nowMs += 50) run(work, heavy, manyFuel, nowMs);
  assert.equal(work.roomFor(heavy, 0, 51 + 2 * aloneMs), 1);
  run(work, light, 1_000_000, 52 + 2 * aloneMs);
  assert.equal(work.roomFor(heavy, 0, 53 + 2 * aloneMs), 0);
});

test("one cheap transaction does not make up for a dear one", () => {
  const work = new SenderWork();
  run(work, heavy, manyFuel, 0);
  run(work, heavy, 1000, 10);
  assert.equal(work.roomFor(heavy, 0, 60_000), 1);
});

test("on a machine that turns out to be slow, the same work means a longer rest", () => {
  const work = new SenderWork();
  for (let round = 0; round < 60; round++) {
    work.executed([{ first: heavy, fuel: manyFuel }], 500, round * 5000);
    run(work, light, 1_000_000, round * 5000);
  }
  const endMs = 59 * 5000;
  assert.equal(work.roomFor(heavy, 0, endMs + 1000), 0);
  assert.equal(work.roomFor(heavy, 0, endMs + 500 * restPerWork), 1);
});

test("trying out costs as much rest as doing", () => {
  const work = new SenderWork();
  run(work, light, 1_000_000, 0);
  work.tried(heavy, 50, 50);
  assert.equal(work.roomFor(heavy, 0, 51), 0);
});

test("senders are forgotten when there are too many, those that nobody heard of for longest first", () => {
  const work = new SenderWork();
  run(work, heavy, manyFuel, 0);
  for (let count = 0; count < sendersKnownMax; count++) {
    run(work, testAction(`s${count}`), 1000, 1);
  }
  assert.equal(work.roomFor(heavy, 0, 60_000), Math.floor(fuelInFlightMax / unknownFuel));
});

test("cheap transactions need no rest, however slow the machine is", () => {
  const work = new SenderWork();
  work.executed([{ first: heavy, fuel: manyFuel }], 5000, 0);
  for (let count = 0; count < 50; count++) {
    run(work, testAction("many"), 1_000_000, count);
    run(work, light, 1_000_000, count);
  }
  assert.ok(work.roomFor(testAction("many"), 0, 50) > 0);
});
