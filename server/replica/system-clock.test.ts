import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { systemClock } from "./system-clock.ts";

const hourMs = 3_600_000;

test("a wall clock that is set while the node runs, or went on while the machine slept, is followed", () => {
  const before = systemClock.now();
  const real = Date.now;
  const set = mock.method(Date, "now", () => real() + hourMs);
  try {
    const after = systemClock.now();
    assert.ok(after.wallMicros - before.wallMicros >= hourMs * 1000);
    assert.ok(after.monotonicMs - before.monotonicMs < hourMs, "timeouts do not see it");
  } finally {
    set.mock.restore();
  }
});

test("the wall clock is in microseconds since the Unix epoch", () => {
  const { wallMicros } = systemClock.now();
  assert.ok(Math.abs(wallMicros - Date.now() * 1000) < 1_000_000);
  assert.ok(Number.isSafeInteger(wallMicros));
});
