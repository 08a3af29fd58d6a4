import assert from "node:assert/strict";
import { test } from "node:test";

import { timeAgo } from "./time-ago.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test("times are told in the unit that a person would use", () => {
  const cases = [
    [0, 0, "second"],
    [44_000, 0, "second"],
    [46_000, -1, "minute"],
    [59 * minute, -59, "minute"],
    [59.6 * minute, -1, "hour"],
    [23.4 * hour, -23, "hour"],
    [23.6 * hour, -1, "day"],
    [29 * day, -29, "day"],
    [31 * day, -1, "month"],
    [360 * day, -1, "year"],
    [3 * 365.25 * day, -3, "year"],
  ] as const;
  for (const [agoMs, value, unit] of cases) {
    const now = 1e12;
    const told = timeAgo(now - agoMs, now);
    assert.deepEqual([told.value, told.unit], [value, unit], `${agoMs} ms ago`);
  }
});

test("a clock that is a little behind does not put one's own words into the future", () => {
  assert.equal(timeAgo(1030_000, 1000_000).value, 0);
  assert.deepEqual(timeAgo(1e9 + 2 * hour, 1e9).value, 2);
});

test("it says how long it holds, so that nobody counts seconds for a post of last year", () => {
  assert.equal(timeAgo(0, 1000).nextChangeMs, 15_000);
  assert.equal(timeAgo(0, 5 * minute).nextChangeMs, minute / 2);
  assert.equal(timeAgo(0, 400 * day).nextChangeMs, hour);
});
