import assert from "node:assert/strict";
import { test } from "node:test";

import { nextBelow, seedRandom } from "@kith/protocol/random";

import { SortedList } from "./sorted-list.ts";

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`a sorted list of thousands is what a sorted array is (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const list = new SortedList();
  const model = new Set<string>();
  for (let step = 0; step < 20_000; step += 1) {
    const text = `${nextBelow(random, 5000)}`;
    if (nextBelow(random, 3) === 0) {
      list.remove(text);
      model.delete(text);
    } else {
      list.add(text);
      model.add(text);
    }
  }
  const sorted = [...model].toSorted((a, b) => (a < b ? -1 : 1));
  assert.deepEqual([...list.ascending("")], sorted);
  assert.deepEqual([...list.descending(undefined)], sorted.toReversed());
  for (const bound of ["", "2", "37", "4999", "zzz"]) {
    assert.deepEqual(
      [...list.ascending(bound)],
      sorted.filter((text) => text >= bound),
    );
    assert.deepEqual(
      [...list.descending(bound)],
      sorted.filter((text) => text < bound).toReversed(),
    );
  }
});
