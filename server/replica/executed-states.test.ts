import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chain } from "@kith/chain/chain";

import { ExecutedStates } from "./executed-states.ts";
import { executedToldMax } from "./limits.ts";

/** A chain that is at block `num`, and remembers what it was at since `first`. */
function tellAll(num: number | undefined, first = 1) {
  const chain = {
    applied: () =>
      num === undefined ? undefined : { num, stateRoot: "s", eventRoot: "e", id: "i" },
    appliedAt: (at: number) => (at < first ? undefined : { num: at }),
    wantedConsensus: () => undefined,
  };
  const told: number[] = [];
  const states = new ExecutedStates({
    chain: chain as unknown as Chain,
    tell: ({ executed }) => told.push(executed.num),
  });
  states.tellBefore();
  states.tellNewest();
  return told;
}

test("at a start the core hears of the states that were computed before, oldest first, and of the newest", () => {
  assert.deepEqual(tellAll(4), [1, 2, 3, 4]);
  assert.deepEqual(tellAll(4, 3), [3, 4]);
  assert.deepEqual(tellAll(undefined), []);
});

test("it hears of no more than a leader lags behind", () => {
  const told = tellAll(10_000);
  assert.equal(told.length, executedToldMax + 1);
  assert.deepEqual([told[0], told.at(-1)], [10_000 - executedToldMax, 10_000]);
});
