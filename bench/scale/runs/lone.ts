import type { Costs, StepCosts } from "../costs/costs.ts";
import { Load } from "../network/load.ts";
import type { ScaleNode } from "../network/scale-node.ts";
import { ScaleWorld } from "../network/scale-world.ts";
import type { Setting } from "../network/setting.ts";
import { percentile } from "./percentiles.ts";

export type Bench = { readonly costs: Costs; readonly steps: StepCosts };

export type Spread = { readonly p50: number; readonly p99: number };

export type LoneResult = {
  /** Milliseconds from when the leader has the transaction until it is final there, and at the last node. */
  readonly leader: Spread;
  readonly farthest: Spread;
  /** Of one block with one transaction, on the line: sent by the leader, sent and received by another node. */
  readonly bytes: { readonly leaderUp: number; readonly up: number; readonly down: number };
  readonly messages: number;
};

const leaderMsMax = 60_000;
const settleMs = 2_000;
const spacingMs = 700;
const finalMsMax = 5_000;

/** A network that has a leader and has been idle for a while. */
export function openWorld(
  setting: Setting,
  { costs, steps }: Bench,
): { readonly world: ScaleWorld; readonly leader: ScaleNode } {
  const world = new ScaleWorld({ setting, costs, steps });
  return { world, leader: settled(world) };
}

export function settled(world: ScaleWorld): ScaleNode {
  const isLed = world.advanceUntil(() => world.leader() !== undefined, leaderMsMax);
  world.advance(settleMs);
  const leader = world.leader();
  if (!isLed || leader === undefined) throw new Error("nobody leads");
  return leader;
}

/** One transaction at a time in an idle network. */
export function runLone(setting: Setting, bench: Bench, count: number): LoneResult {
  const { world, leader } = openWorld(setting, bench);
  const load = new Load(world, setting);
  const atLeader: number[] = [];
  const atLast: number[] = [];
  let seen = 0;
  world.onFinal = ({ node, block }) => {
    seen += 1;
    load.onFinal(world.node(node), block);
  };
  const bytes = { leaderUp: 0, up: 0, down: 0 };
  let messages = 0;
  for (let done = 0; done < count; done += 1) {
    const before = usageOf(world, leader);
    const startMs = world.nowMs;
    seen = 0;
    load.offer(leader);
    if (!world.advanceUntil(() => seen === setting.producers, finalMsMax)) {
      throw new Error("a lone transaction did not become final everywhere");
    }
    atLast.push(world.nowMs - startMs);
    const delivered = load.delivered.at(-1);
    if (delivered !== undefined) atLeader.push(delivered.finalMs - startMs);
    const after = usageOf(world, leader);
    bytes.leaderUp += (after.leaderUp - before.leaderUp) / count;
    bytes.up += (after.up - before.up) / count;
    bytes.down += (after.down - before.down) / count;
    messages += (after.messages - before.messages) / count;
    world.advance(spacingMs);
  }
  return { leader: spreadOf(atLeader), farthest: spreadOf(atLast), bytes, messages };
}

type Usage = {
  readonly leaderUp: number;
  /** Of the others, on average. */
  readonly up: number;
  readonly down: number;
  readonly messages: number;
};

function usageOf(world: ScaleWorld, leader: ScaleNode): Usage {
  const leading = world.indexOf(leader);
  let [up, down] = [0, 0];
  for (const at of world.nodes.keys()) {
    if (at === leading) continue;
    const lines = world.lines.usage(at);
    up += lines.up.bytes / (world.nodes.length - 1);
    down += lines.down.bytes / (world.nodes.length - 1);
  }
  let messages = 0;
  for (const { count } of world.traffic.values()) messages += count;
  return { leaderUp: world.lines.usage(leading).up.bytes, up, down, messages };
}

export function spreadOf(values: readonly number[]): Spread {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}
