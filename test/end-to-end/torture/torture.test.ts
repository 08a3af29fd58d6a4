import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { diceFor } from "../../simulator/dice.ts";
import { settleMs } from "../cluster.ts";
import { until } from "../until.ts";
import type { Aim } from "./fault.ts";
import type { History } from "./history.ts";
import { isRead } from "./history.ts";
import type { FaultName } from "./nemesis.ts";
import { Torture } from "./run-torture.ts";

/** One after the other, so that a majority is always there and has to go on. */
const script: readonly (readonly [FaultName, Aim])[] = [
  ["kill", "leader"],
  ["pause", "leader"],
  ["isolate", "leader"],
  ["wall jump", "leader"],
  ["mute", "leader"],
  ["deaf", "leader"],
  ["slow", "any"],
  ["sleep", "leader"],
  ["leap", "leader"],
  ["unsynced disk", "any"],
  ["full disk", "leader"],
];
/** A fault lasts at least so long, and until so much was done while it lasted. */
const holdMs = 1_200;
const writesWanted = 6;
const readsWanted = 4;

const seed = 20_261;
const lines: string[] = [];
const trace = (line: string): void => {
  lines.push(`${(performance.now() / 1000).toFixed(1)} s: ${line}`);
};
let torture: Torture;

before(async () => {
  torture = await Torture.start({ nodes: 3, algorithm: undefined, keepBlocks: [], seed, trace });
});
after(() => torture.close());

const writesOf = (history: History): number => history.answered(({ call }) => !isRead(call));
const readsOf = (history: History): number => history.answered(({ call }) => isRead(call));

/** Ends when enough was acknowledged since it began. */
async function untilProgress(history: History): Promise<void> {
  const [writes, reads] = [writesOf(history) + writesWanted, readsOf(history) + readsWanted];
  const endMs = performance.now() + holdMs;
  await until("the network goes on while one node has a fault", settleMs, () => {
    const isDone = writesOf(history) >= writes && readsOf(history) >= reads;
    return isDone && performance.now() >= endMs;
  });
}

test("whatever happens to one node, or to all at once, what clients are told is linearizable and stays", async () => {
  const dice = diceFor(seed, "script");
  const round = await torture.round(async ({ nemesis, history }) => {
    await untilProgress(history);
    for (const [name, aim] of script) {
      const isDone = await nemesis.hurt(name, { dice, aim }, () => untilProgress(history));
      assert.ok(isDone, `${name} hit nobody`);
    }
    await until("all nodes run", settleMs, () =>
      nemesis.hurt("power cut", { dice, aim: "any" }, async () => undefined),
    );
  });
  const story = `${lines.join("\n")}\n${JSON.stringify(round.operations, undefined, 2)}`;
  assert.deepEqual(round.wrong, [], story);
  assert.equal(round.faults.size, script.length + 1, story);
  assert.ok(round.acknowledgedWrites >= script.length * writesWanted, story);
  assert.ok(round.linearizableReads >= script.length * readsWanted, story);
  if (process.platform === "linux") {
    const loud = lines.filter((line) =>
      /: (full|unsynced) disk: .*stopped and said why/.test(line),
    );
    assert.equal(loud.length, 2, story);
  }
});
