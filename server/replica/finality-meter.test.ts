import assert from "node:assert/strict";
import { test } from "node:test";

import { FinalityMeter } from "./finality-meter.ts";

test("the usual time begins with the first block and then follows slowly", () => {
  const meter = new FinalityMeter();
  assert.equal(meter.usualMs, 0);
  meter.proposed(1, 100, 10);
  meter.reached(1, 108);
  assert.equal(meter.usualMs, 8);
  meter.proposed(2, 200, 10);
  meter.reached(2, 216);
  assert.equal(meter.usualMs, 9);
});

test("several blocks become final together, each after its own time", () => {
  const meter = new FinalityMeter();
  meter.proposed(1, 0, 10);
  meter.proposed(2, 8, 10);
  meter.reached(2, 8);
  assert.equal(meter.usualMs, 7);
});

test("a block that was overruled does not count", () => {
  const meter = new FinalityMeter();
  meter.proposed(5, 0, 10);
  meter.proposed(6, 1, 10);
  // Another leader overruled both; later this node leads again.
  meter.proposed(5, 10_000, 10);
  meter.reached(5, 10_004);
  assert.equal(meter.usualMs, 4);
  assert.equal(meter.openBytes, 0);
});

test("the shortest time is that of the last minutes: a longer route is believed in the end", () => {
  const meter = new FinalityMeter();
  const minuteMs = 60_000;
  const finalAfter = (atMs: number, tookMs: number): number => {
    meter.proposed(atMs, atMs, 10);
    meter.reached(atMs, atMs + tookMs);
    return meter.leastMs;
  };
  assert.equal(finalAfter(minuteMs, 5), 5);
  assert.equal(finalAfter(2 * minuteMs, 50), 5);
  assert.equal(finalAfter(15 * minuteMs, 50), 5);
  assert.equal(finalAfter(26 * minuteMs, 40), 40);
  assert.equal(finalAfter(27 * minuteMs, 3), 3);
});

test("what gets through counts everything that became final while a block was on its way", () => {
  const meter = new FinalityMeter();
  meter.proposed(1, 0, 1_000);
  meter.proposed(2, 50, 3_000);
  assert.equal(meter.openBytes, 4_000);
  meter.reached(1, 100);
  assert.equal(meter.bytesPerMs, 10);
  assert.equal(meter.openBytes, 3_000);
  meter.reached(2, 150);
  assert.equal(meter.bytesPerMs, 40);
  // A quiet time does not make the way narrower at once.
  meter.proposed(3, 1_000, 10);
  meter.reached(3, 1_100);
  assert.equal(meter.bytesPerMs, 40);
});

test("a proposal that was refused is not on its way", () => {
  const meter = new FinalityMeter();
  meter.proposed(1, 0, 1_000);
  meter.proposed(2, 0, 2_000);
  meter.withdrawn();
  assert.equal(meter.openBytes, 1_000);
});
