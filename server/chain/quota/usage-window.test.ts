import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import { noUsage, sum, UsageWindow, type Usage } from "./usage-window.ts";

const names = ["alice", "bob", "carol"].map(accountNameConstant);
const one: Usage = { fuel: 1, storedBytes: 10, carriedBytes: 100 };

test("what was used is counted for as long as the window is, and no longer", () => {
  const window = new UsageWindow(60);
  const [alice = accountNameConstant("alice")] = names;
  window.add(alice, 100, one);
  assert.deepEqual(window.used(alice, 100), one);
  assert.deepEqual(window.used(alice, 159), one);
  assert.deepEqual(window.used(alice, 160), noUsage);
});

test("asking about a later time forgets nothing", () => {
  const window = new UsageWindow(60);
  const [alice = accountNameConstant("alice")] = names;
  window.add(alice, 100, one);
  assert.deepEqual(window.used(alice, 1000), noUsage);
  assert.deepEqual(window.used(alice, 101), one);
});

const seed = 20_261_123;

test(`the sums are those of the window, whatever was forgotten when (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const below = (end: number): number => nextBelow(random, end);
  for (let round = 0; round < 200; round++) {
    const window = new UsageWindow(60);
    const all: { name: (typeof names)[number]; second: number; usage: Usage }[] = [];
    let now = 1000;
    for (let step = 0; step < 60; step++) {
      now += below(12);
      const name = names[below(names.length)] ?? names[0];
      if (name === undefined) continue;
      const usage = { fuel: below(100), storedBytes: below(100), carriedBytes: below(100) };
      window.add(name, now, usage);
      all.push({ name, second: now, usage });
      if (below(4) === 0) window.forget(name, now);
      if (below(9) === 0) window.sweep(now);
      window.used(name, now + below(200));
      for (const each of names) {
        const expected = all
          .filter((use) => use.name === each && use.second > now - 60)
          .reduce((total, use) => sum(total, use.usage), noUsage);
        assert.deepEqual(window.used(each, now), expected);
      }
    }
  }
});
