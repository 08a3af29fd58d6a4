import assert from "node:assert/strict";
import { test } from "node:test";

import { nextIndex } from "./next-index.ts";

function at(index: number, axis: "across" | "down" = "down") {
  return { index, count: 3, axis };
}

test("arrows lead around, Home and End to the ends, other keys nowhere", () => {
  assert.equal(nextIndex("ArrowDown", at(0)), 1);
  assert.equal(nextIndex("ArrowDown", at(2)), 0);
  assert.equal(nextIndex("ArrowUp", at(0)), 2);
  assert.equal(nextIndex("ArrowRight", at(1, "across")), 2);
  assert.equal(nextIndex("ArrowLeft", at(0, "across")), 2);
  assert.equal(nextIndex("ArrowRight", at(1)), undefined);
  assert.equal(nextIndex("Home", at(2)), 0);
  assert.equal(nextIndex("End", at(0)), 2);
  assert.equal(nextIndex("Enter", at(0)), undefined);
  assert.equal(nextIndex("ArrowDown", { index: 0, count: 0, axis: "down" }), undefined);
});
