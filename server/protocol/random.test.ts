import assert from "node:assert/strict";
import { test } from "node:test";

import { nextBelow, nextFloat, nextU32, seedRandom } from "./random.ts";

test("the same seed gives the same sequence, another seed another", () => {
  assert.deepEqual(sequence(7), sequence(7));
  assert.notDeepEqual(sequence(7), sequence(8));
  assert.notDeepEqual(sequence(7), sequence(7 + 2 ** 32));
});

test("the state is plain data, so a copy continues where the original stood", () => {
  const state = seedRandom(1);
  nextU32(state);
  const copy = structuredClone(state);
  assert.equal(nextU32(state), nextU32(copy));
});

test("numbers stay in their range and fill it evenly", () => {
  const state = seedRandom(42);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 100_000; i++) {
    const float = nextFloat(state);
    assert.ok(float >= 0 && float < 1);
    const below = nextBelow(state, 10);
    counts[below] = (counts[below] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 9_500 && count < 10_500, String(count));
});

test("a seed of zero is a seed like any other", () => {
  const state = seedRandom(0);
  assert.ok(new Set(Array.from({ length: 100 }, () => nextU32(state))).size > 95);
});

function sequence(seed: number): number[] {
  const state = seedRandom(seed);
  return Array.from({ length: 20 }, () => nextU32(state));
}
