import assert from "node:assert/strict";
import { test } from "node:test";

import { roundCosts, roundStepCosts, type Costs } from "./costs/costs.ts";
import { measureSizes } from "./costs/message-sizes.ts";
import { wideArea, type Setting } from "./network/setting.ts";
import { atBest } from "./runs/at-best.ts";
import { finalityByHand, sumOf } from "./runs/by-hand.ts";
import { runLone } from "./runs/lone.ts";
import { saturate } from "./runs/measure-scale.ts";
import { runLoad } from "./runs/saturation.ts";
import { runViewChange } from "./runs/view-change.ts";

const bench = { costs: roundCosts, steps: roundStepCosts };
const free = { base: 0, perKb: 0 };
const nothingCosts: Costs = {
  sign: 0,
  verify: 0,
  transactionVerify: 0,
  transactionPrepare: 0,
  execute: 0,
  encode: () => free,
  decode: () => free,
  linkSend: free,
  linkReceive: free,
  seal: free,
  persist: free,
};
const nothing = { costs: nothingCosts, steps: () => 0 };
/** Nothing but distance. */
const distance: Partial<Setting> = {
  jitterMs: 0,
  bandwidthMbit: 1e12,
  fsyncMsP50: 1e-9,
  fsyncMsP99: 1e-9,
  diskMbPerSecond: 1e12,
};

test("two runs with the same seed say the same, and another seed says something else", () => {
  const setting = { ...wideArea, producers: 7, bandwidthMbit: 3 };
  const run = (seed: number) => ({
    lone: runLone({ ...setting, seed }, bench, 3),
    loaded: saturate({ ...setting, seed }, bench, { measuredMs: 300 }),
  });
  assert.deepEqual(run(1), run(1));
  assert.notDeepEqual(run(1), run(2));
});

test("where nothing but distance takes time, BFT takes three ways and CFT two", () => {
  for (const [algorithm, ways] of [
    ["bft", 3],
    ["cft", 2],
  ] as const) {
    for (const producers of [4, 31]) {
      const { leader } = runLone({ ...wideArea, ...distance, algorithm, producers }, nothing, 2);
      assert.ok(Math.abs(leader.p50 - ways * wideArea.oneWayMs) < 0.01, `${leader.p50} ms`);
    }
  }
});

test("finality alone is what a calculation by hand says, and 31 producers stay below 200 ms", () => {
  const known = { ...bench, sizes: measureSizes() };
  for (const algorithm of ["bft", "cft"] as const) {
    for (const producers of [4, 31]) {
      const setting = { ...wideArea, algorithm, producers };
      const { p50 } = runLone(setting, bench, 5).leader;
      const expected = sumOf(finalityByHand(setting, known));
      const about = `${algorithm} of ${producers}: ${p50} ms, by hand ${expected} ms`;
      assert.ok(Math.abs(p50 - expected) < 3, about);
      assert.ok(p50 < 200, about);
    }
  }
});

test("what gets through is within a tenth of what the narrowest part carries, and the name of that is right", () => {
  for (const [bandwidthMbit, execute, part] of [
    [20, roundCosts.execute, "line"],
    [1_000, 3 * roundCosts.execute, "core"],
  ] as const) {
    const setting = { ...wideArea, producers: 7, bandwidthMbit };
    const costs = { ...roundCosts, execute };
    const { perSecond, busy, terms } = saturate(
      setting,
      { ...bench, costs },
      { measuredMs: 2_000 },
    );
    assert.equal(terms, 0, "the leader was given up");
    const ratio = perSecond / atBest(setting, costs)[part];
    assert.ok(ratio > 0.9 && ratio < 1.05, `${part}: ${ratio} of what it carries`);
    const share = part === "line" ? busy.leaderUplink : busy.leaderCore;
    assert.ok(share > 0.95, `${part}: busy for ${share} of the time`);
  }
});

test("at half of what it carries a network takes less than 200 ms, blocks are on their way at once, and its leader stays", () => {
  const setting = { ...wideArea, producers: 7, bandwidthMbit: 10 };
  const perSecond = atBest(setting, roundCosts).line / 2;
  const { finality, blocksPerSecond, terms } = runLoad(setting, bench, {
    perSecond,
    warmUpMs: 2_000,
    measuredMs: 1_000,
  });
  assert.ok(finality.p50 < 200, `${finality.p50} ms`);
  // One after the other, seven would be too many.
  assert.ok(blocksPerSecond > 14, `${blocksPerSecond} blocks a second`);
  assert.equal(terms, 0);
});

test("a part of a block on every line is a fraction of the block on the leader's", () => {
  const setting = { ...wideArea, producers: 16, transactionBytes: 20_000 };
  const { leaderUp } = runLone(setting, bench, 1).bytes;
  const coded = runLone({ ...setting, spreading: "coded" }, bench, 1);
  // Six parts of sixteen give the block.
  assert.ok(coded.bytes.leaderUp < leaderUp / 4, `${coded.bytes.leaderUp} of ${leaderUp} bytes`);
  assert.ok(coded.leader.p50 > 4 * setting.oneWayMs, "a part goes one way further");
  const tree = runLone({ ...setting, spreading: "tree" }, bench, 1);
  assert.ok(tree.bytes.leaderUp < leaderUp / 3, `${tree.bytes.leaderUp} of ${leaderUp} bytes`);
});

test("after a leader's silent death another one orders within a second", () => {
  const { noticed, final } = runViewChange({ ...wideArea, producers: 7 }, bench, 3);
  assert.ok(noticed.p50 < final.p50 && final.p99 < 1_000, `${final.p99} ms`);
});
