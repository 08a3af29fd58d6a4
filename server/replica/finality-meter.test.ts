import assert from "node:assert/strict";
import { test } from "node:test";

import { FinalityMeter } from "./finality-meter.ts";

test("the usual time begins with the first block and then follows slowly", () => {
  const meter = new FinalityMeter();
  assert.equal(meter.usualMs, 0);
  meter.proposed(1, 100);
  meter.reached(1, 108);
  assert.equal(meter.usualMs, 8);
  meter.proposed(2, 200);
  meter.reached(2, 216);
  assert.equal(meter.usualMs, 9);
});

test("several blocks become final together, each after its own time", () => {
  const meter = new FinalityMeter();
  meter.proposed(1, 0);
  meter.proposed(2, 8);
  meter.reached(2, 8);
  assert.equal(meter.usualMs, 7);
});

test("a block that was overruled does not count", () => {
  const meter = new FinalityMeter();
  meter.proposed(5, 0);
  meter.proposed(6, 1);
  // Another leader overruled both; later this node leads again.
  meter.proposed(5, 10_000);
  meter.reached(5, 10_004);
  assert.equal(meter.usualMs, 4);
});
