import { Load } from "../network/load.ts";
import type { ScaleNode } from "../network/scale-node.ts";
import type { ScaleWorld } from "../network/scale-world.ts";
import type { Setting } from "../network/setting.ts";
import { openWorld, spreadOf, type Bench, type Spread } from "./lone.ts";

export type LoadResult = {
  readonly offeredPerSecond: number;
  readonly perSecond: number;
  readonly finality: Spread;
  readonly blocksPerSecond: number;
  readonly blockBytes: number;
  /** Shares of the measured time. */
  readonly busy: {
    readonly leaderUplink: number;
    readonly leaderCore: number;
    readonly otherCore: number;
    readonly leaderDisk: number;
    /** How often a proposal was refused because enough was on its way, to all proposals. */
    readonly windowFull: number;
  };
  readonly terms: number;
};

export type LoadPlan = {
  readonly perSecond: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
};

/** Transactions come at random times, so many a second, whatever becomes of them. */
export function runLoad(setting: Setting, bench: Bench, plan: LoadPlan): LoadResult {
  const { world, leader } = openWorld(setting, bench);
  const load = new Load(world, setting);
  let [blocks, blockBytes] = [0, 0];
  world.onFinal = ({ node, block }) => {
    const at = world.node(node);
    load.onFinal(at, block);
    if (at !== leader || block.transactions.length === 0) return;
    blocks += 1;
    blockBytes += block.bytes.length;
  };
  const term = leader.state.term;
  load.start(plan.perSecond);
  world.advance(plan.warmUpMs);
  const before = busyOf(world, leader);
  const delivered = load.delivered.length;
  [blocks, blockBytes] = [0, 0];
  world.advance(plan.measuredMs);
  const after = busyOf(world, leader);
  const measured = load.delivered.slice(delivered);
  const perMs = (key: keyof Busy): number => (after[key] - before[key]) / plan.measuredMs;
  const refused = after.refusals - before.refusals;
  return {
    offeredPerSecond: plan.perSecond,
    perSecond: (measured.length * 1000) / plan.measuredMs,
    finality: spreadOf(measured.map(({ submittedMs, finalMs }) => finalMs - submittedMs)),
    blocksPerSecond: (blocks * 1000) / plan.measuredMs,
    blockBytes: blocks === 0 ? 0 : blockBytes / blocks,
    busy: {
      leaderUplink: perMs("uplinkMs"),
      leaderCore: perMs("coreMs"),
      otherCore: perMs("otherCoreMs"),
      leaderDisk: perMs("diskMs"),
      windowFull: refused / Math.max(1, refused + blocks),
    },
    terms: (world.leader()?.state.term ?? Number.NaN) - term,
  };
}

type Busy = {
  readonly uplinkMs: number;
  readonly coreMs: number;
  readonly otherCoreMs: number;
  readonly diskMs: number;
  readonly refusals: number;
};

function busyOf(world: ScaleWorld, leader: ScaleNode): Busy {
  const others = world.nodes.filter((node) => node !== leader);
  const otherMicros = others.reduce((sum, { processor }) => sum + processor.busyMicros, 0);
  return {
    uplinkMs: world.lines.usage(world.indexOf(leader)).up.busyMicros / 1000,
    coreMs: leader.processor.busyMicros / 1000,
    otherCoreMs: otherMicros / 1000 / Math.max(1, others.length),
    diskMs: leader.disk.busyMicros / 1000,
    refusals: leader.refusals,
  };
}
