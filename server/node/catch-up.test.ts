import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import { ok } from "@kith/protocol/result";

import { catchUp } from "./catch-up.ts";
import { WaitingForNum } from "./waiting-for-num.ts";

type OnNum = (num: BlockNum | undefined) => void;

/** A node at block 5, whose leader answers when the test says so. */
function openCatchUp() {
  const node = { appliedNum: 5 };
  const timers = new Set<() => void>();
  const executed = new WaitingForNum({
    reached: () => node.appliedNum,
    after: (_delayMs, run) => {
      timers.add(run);
      return () => timers.delete(run);
    },
  });
  const asked: OnNum[] = [];
  const replica = { readIndex: (done: OnNum): void => void asked.push(done) };
  const execute = (num: number): void => {
    node.appliedNum = num;
    executed.note();
  };
  const leaderSays = (num: number | undefined): void =>
    asked.shift()?.(num === undefined ? undefined : blockNumOf(num));
  return { node, timers, executed, replica, execute, leaderSays };
}

/** What the promise gave, if it has by now. */
async function settled<T>(promise: Promise<T>): Promise<T | "waiting"> {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise, Promise.resolve("waiting" as const)]);
}

test("who asks a node that is as far as the network reads at once", async () => {
  const { executed, replica, leaderSays, timers } = openCatchUp();
  const reading = catchUp(executed, replica, 100);
  assert.equal(await settled(reading), "waiting", "the leader has not answered");
  leaderSays(5);
  assert.deepEqual(await reading, ok(undefined));
  assert.equal(timers.size, 0);
});

test("who asks a node that is behind reads when it has executed the block that the leader named", async () => {
  const { executed, replica, leaderSays, execute, timers } = openCatchUp();
  const reading = catchUp(executed, replica, 100);
  leaderSays(7);
  execute(6);
  assert.equal(await settled(reading), "waiting");
  execute(7);
  assert.deepEqual(await reading, ok(undefined));
  assert.equal(timers.size, 0);
});

test("a node that a snapshot brought further says so when the time is over, one that stands still says that", async () => {
  const { node, executed, replica, leaderSays, timers } = openCatchUp();
  const [early, late] = [catchUp(executed, replica, 100), catchUp(executed, replica, 100)];
  leaderSays(7);
  leaderSays(9);
  node.appliedNum = 8;
  for (const expire of timers) expire();
  assert.deepEqual(await early, ok(undefined));
  assert.deepEqual(await late, { ok: false, error: { code: "catching-up", timeoutMs: 100 } });
});

test("nobody reads while no leader answers, or the node has not started", async () => {
  const { executed, replica, leaderSays } = openCatchUp();
  const reading = catchUp(executed, replica, 100);
  leaderSays(undefined);
  assert.deepEqual(await reading, { ok: false, error: { code: "leader-silent" } });
  const early = await catchUp(executed, undefined, 100);
  assert.deepEqual(early, { ok: false, error: { code: "leader-silent" } });
});
