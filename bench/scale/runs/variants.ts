import { quorumSize } from "@kith/protocol/certificate";

import type { Costs, Linear, MessageKind } from "../costs/costs.ts";
import type { Setting } from "../network/setting.ts";
import { atBest, type AtBest } from "./at-best.ts";
import { calibrate } from "./calibrate.ts";
import { runLone, type Bench } from "./lone.ts";
import { saturate, type Effort } from "./measure-scale.ts";
import type { LoadResult } from "./saturation.ts";
import { runViewChange } from "./view-change.ts";

/** One thing that is different, and what it moves. */
export type VariantResult = {
  readonly name: string;
  readonly best: AtBest;
  readonly loneMs: number;
  readonly saturated: LoadResult;
  /** Until the first transaction after the leader's death is final, and what was said for it. */
  readonly changeMs: number;
  readonly changeBytes: number;
};

type Variant = {
  readonly name: string;
  readonly setting?: Partial<Setting>;
  readonly costs?: (costs: Costs, setting: Setting) => Costs;
};

/** Other ways to say the same. */
export const designs: readonly Variant[] = [
  { name: "as it is" },
  { name: "a tree: each node sends a block to 4", setting: { spreading: "tree" } },
  { name: "erasure-coded blocks", setting: { spreading: "coded" } },
  { name: "blocks name transactions", setting: { spreading: "named" } },
  { name: "compact votes and certificates", setting: { form: "compact" } },
  { name: "aggregated signatures", setting: { form: "aggregated" }, costs: aggregating },
  {
    name: "names, and compact votes",
    setting: { spreading: "named", form: "compact" },
  },
];

/** Other places to be in. */
export const surroundings: readonly Variant[] = [
  { name: "as it is" },
  { name: "1 Gbit/s", setting: { bandwidthMbit: 1_000 } },
  { name: "10 ms one way", setting: { oneWayMs: 10 } },
  { name: "150 ms one way", setting: { oneWayMs: 150 } },
  {
    name: "150 ms, view timeout 2 s (0.5)",
    setting: { oneWayMs: 150, tuning: { viewTimeoutMsMin: 2_000 } },
  },
  { name: "jitter of 5 ms (0.5)", setting: { jitterMs: 5 } },
  { name: "fsync 4 ms, p99 40 (0.4, 4)", setting: { fsyncMsP50: 4, fsyncMsP99: 40 } },
  { name: "windows of 2 blocks (8)", setting: { tuning: { windowBlocks: 2 } } },
  { name: "windows of 32 blocks (8)", setting: { tuning: { windowBlocks: 32 } } },
  { name: "executing 100 us", costs: (costs) => ({ ...costs, execute: 100 }) },
  { name: "cores four times slower", costs: (costs) => timesSlower(costs, 4) },
];

export function runVariants(
  variants: readonly Variant[],
  plan: { readonly setting: Setting; readonly costs: Costs; readonly effort: Effort },
): readonly VariantResult[] {
  const { effort } = plan;
  const steps = calibrate(plan.setting, plan.costs);
  return variants.map((variant) => {
    const setting = { ...plan.setting, ...variant.setting };
    const costs = variant.costs?.(plan.costs, setting) ?? plan.costs;
    const bench: Bench = { costs, steps };
    const change = runViewChange(setting, bench, effort.deaths);
    return {
      name: variant.name,
      best: atBest(setting, costs),
      loneMs: runLone(setting, bench, effort.loneTransactions).leader.p50,
      saturated: saturate(setting, bench, effort),
      changeMs: change.final.p50,
      changeBytes: change.bytes,
    };
  });
}

/**
 * BLS12-381 by blst, with its binding for Node, on a core that took 59 microseconds for an Ed25519 check: a signature, and a
 * check of one aggregate, however many signed. Nobody lies here, so a quorum's votes are checked together.
 */
const blst = { sign: 435, verifyAggregate: 1_290, ed25519Verify: 59 };

function aggregating(costs: Costs, { algorithm, producers }: Setting): Costs {
  const speed = costs.verify / blst.ed25519Verify;
  const share = (speed * blst.verifyAggregate) / quorumSize(algorithm, producers);
  return { ...costs, sign: speed * blst.sign, verify: share };
}

function timesSlower(costs: Costs, times: number): Costs {
  const line = ({ base, perKb }: Linear): Linear => ({ base: base * times, perKb: perKb * times });
  return {
    sign: costs.sign * times,
    verify: costs.verify * times,
    transactionVerify: costs.transactionVerify * times,
    transactionPrepare: costs.transactionPrepare * times,
    execute: costs.execute * times,
    encode: (kind: MessageKind) => line(costs.encode(kind)),
    decode: (kind: MessageKind) => line(costs.decode(kind)),
    linkSend: line(costs.linkSend),
    linkReceive: line(costs.linkReceive),
    seal: line(costs.seal),
    persist: line(costs.persist),
  };
}
