import assert from "node:assert/strict";
import { test } from "node:test";

import { RecentlyUsed } from "./recently-used.ts";

function filled(...entries: readonly (readonly [string, number])[]): RecentlyUsed<string, string> {
  const kept = new RecentlyUsed<string, string>(10);
  for (const [key, weight] of entries) kept.set(key, key.toUpperCase(), weight);
  return kept;
}

test("what was used longest ago goes when the weight is too much, and no more than has to", () => {
  const kept = filled(["a", 4], ["b", 3], ["c", 3]);
  assert.equal(kept.get("a"), "A");
  kept.set("d", "D", 2);
  assert.equal(kept.get("b"), undefined);
  for (const key of ["a", "c", "d"]) assert.equal(kept.get(key), key.toUpperCase());
});

test("a value in place of another weighs what it weighs itself", () => {
  const kept = filled(["a", 9], ["a", 1], ["b", 9]);
  assert.equal(kept.get("a"), "A");
  assert.equal(kept.get("b"), "B");
});

test("one that is heavier than all that may be is kept alone", () => {
  const kept = filled(["a", 1], ["b", 50]);
  assert.equal(kept.get("a"), undefined);
  assert.equal(kept.get("b"), "B");
  kept.set("c", "C", 1);
  assert.equal(kept.get("b"), undefined);
  assert.equal(kept.get("c"), "C");
});
