import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "./ids.ts";
import { milestoneIndexOf, recentIndexOf, refBlockNum } from "./tapos.ts";

const at = blockNumOf;

test("an index names the same recent block for each of the 127 blocks behind it, then none", () => {
  const signedAt = at(1_000_000);
  const index = recentIndexOf(signedAt);
  for (let later = 1; later <= 127; later++) {
    assert.equal(refBlockNum(index, at(signedAt + later)), signedAt);
  }
  assert.notEqual(refBlockNum(index, at(signedAt + 128)), signedAt);
});

test("a milestone is named until 127 milestones have followed: about six days of blocks a second", () => {
  const milestone = at(4096 * 500);
  const index = milestoneIndexOf(milestone);
  assert.ok(index !== undefined && index >= 128);
  assert.equal(refBlockNum(index, at(milestone + 1)), milestone);
  assert.equal(refBlockNum(index, at(milestone + 4096 * 127)), milestone);
  assert.notEqual(refBlockNum(index, at(milestone + 4096 * 127 + 1)), milestone);
  assert.equal(milestoneIndexOf(at(4097)), undefined);
});

test("no index names the including block, a later one or the block before genesis", () => {
  for (const including of [1, 2, 5, 127, 128, 129, 4096, 4097, 8192, 600_000]) {
    for (let index = 0; index < 256; index++) {
      const named = refBlockNum(index, at(including));
      if (named === undefined) continue;
      assert.ok(named >= 1 && named < including, `${index} at ${including}`);
      const back = index < 128 ? recentIndexOf(named) : milestoneIndexOf(named);
      assert.equal(back, index);
    }
  }
});

test("the first block can be named by the second", () => {
  assert.equal(refBlockNum(recentIndexOf(at(1)), at(2)), 1);
  assert.equal(refBlockNum(recentIndexOf(at(1)), at(1)), undefined);
});

test("what is no byte names nothing", () => {
  for (const index of [-1, 256, 1.5, Number.NaN]) {
    assert.equal(refBlockNum(index, at(1000)), undefined);
  }
});
