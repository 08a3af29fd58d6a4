import { diceFor } from "../../../test/simulator/dice.ts";
import { Load } from "../network/load.ts";
import type { ScaleNode } from "../network/scale-node.ts";
import type { ScaleWorld } from "../network/scale-world.ts";
import type { Setting } from "../network/setting.ts";
import { openWorld, spreadOf, type Bench, type Spread } from "./lone.ts";

/** Milliseconds after the leader died in silence, and bytes of messages. */
export type ViewChangeResult = {
  /** Until the first node goes on to a later term. */
  readonly noticed: Spread;
  /** Until another node leads. */
  readonly led: Spread;
  /** Until a transaction that the new leader has at once is final there. */
  readonly final: Spread;
  /** Of view changes, new views and votes for a leader, all nodes together, and of the new leader's line. */
  readonly bytes: number;
  readonly leaderUpBytes: number;
};

const kindsOfChange = ["view-change", "new-view", "vote-request", "vote-response"] as const;
const waitMsMax = 30_000;

/** An idle network whose leader dies at any moment between two heartbeats, several times over. */
export function runViewChange(setting: Setting, bench: Bench, runs: number): ViewChangeResult {
  const results = Array.from({ length: runs }, (_, at) =>
    runOnce({ ...setting, seed: setting.seed + at }, bench),
  );
  const mean = (pick: (one: OneChange) => number): number =>
    results.reduce((sum, each) => sum + pick(each), 0) / runs;
  return {
    noticed: spreadOf(results.map(({ noticedMs }) => noticedMs)),
    led: spreadOf(results.map(({ ledMs }) => ledMs)),
    final: spreadOf(results.map(({ finalMs }) => finalMs)),
    bytes: mean(({ bytes }) => bytes),
    leaderUpBytes: mean(({ leaderUpBytes }) => leaderUpBytes),
  };
}

type OneChange = {
  readonly noticedMs: number;
  readonly ledMs: number;
  readonly finalMs: number;
  readonly bytes: number;
  readonly leaderUpBytes: number;
};

function runOnce(setting: Setting, bench: Bench): OneChange {
  const { world, leader: first } = openWorld(setting, bench);
  const load = new Load(world, setting);
  world.onFinal = ({ node, block }) => load.onFinal(world.node(node), block);
  // A block of this term is final, so that view changes have something to prove.
  load.offer(first);
  world.advance(1_000 + 500 * diceFor(setting.seed, "death").float());
  const { term } = first.state;
  const startMs = world.nowMs;
  const before = bytesOfChange(world);
  const upBefore = world.nodes.map((_, at) => world.lines.usage(at).up.bytes);
  first.stop();
  wait(world, () => world.nodes.some((node) => node !== first && node.state.term > term));
  const noticedMs = world.nowMs - startMs;
  wait(world, () => world.leader() !== undefined);
  const ledMs = world.nowMs - startMs;
  const next = leaderOf(world);
  const delivered = load.delivered.length;
  load.offer(next);
  wait(world, () => load.delivered.length > delivered);
  const at = world.indexOf(next);
  return {
    noticedMs,
    ledMs,
    finalMs: world.nowMs - startMs,
    bytes: bytesOfChange(world) - before,
    leaderUpBytes: world.lines.usage(at).up.bytes - (upBefore[at] ?? 0),
  };
}

function leaderOf(world: ScaleWorld): ScaleNode {
  const leader = world.leader();
  if (leader === undefined) throw new Error("nobody leads");
  return leader;
}

function wait(world: ScaleWorld, holds: () => boolean): void {
  if (!world.advanceUntil(holds, waitMsMax))
    throw new Error("the network did not go on without its leader");
}

function bytesOfChange({ traffic }: ScaleWorld): number {
  return kindsOfChange.reduce((sum, kind) => sum + (traffic.get(kind)?.bytes ?? 0), 0);
}
