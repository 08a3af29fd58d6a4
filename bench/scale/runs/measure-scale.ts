import type { Costs } from "../costs/costs.ts";
import type { Setting } from "../network/setting.ts";
import { atBest, type AtBest } from "./at-best.ts";
import { calibrate } from "./calibrate.ts";
import { runLone, type Bench, type LoneResult } from "./lone.ts";
import { runLoad, type LoadResult } from "./saturation.ts";
import { runViewChange, type ViewChangeResult } from "./view-change.ts";

/** One network, idle, under all that it can carry, at half of that, and when its leader dies. */
export type ScaleResult = {
  readonly setting: Setting;
  readonly best: AtBest;
  readonly lone: LoneResult;
  readonly saturated: LoadResult;
  readonly half: LoadResult;
  readonly change: ViewChangeResult;
};

/** How much of each thing is run. */
export type Effort = {
  readonly loneTransactions: number;
  readonly measuredMs: number;
  readonly deaths: number;
};

/** Until a leader knows what its line carries (decision 0150). */
const warmUpMs = 3_000;
/** What is offered to a network to saturate it, of what it could carry at best. */
const overload = 1.2;

export function measureScale(setting: Setting, costs: Costs, effort: Effort): ScaleResult {
  const bench: Bench = { costs, steps: calibrate(setting, costs) };
  const lone = runLone(setting, bench, effort.loneTransactions);
  const saturated = saturate(setting, bench, effort);
  const half = runLoad(setting, bench, {
    perSecond: saturated.perSecond / 2,
    warmUpMs,
    measuredMs: effort.measuredMs,
  });
  const change = runViewChange(setting, bench, effort.deaths);
  return { setting, best: atBest(setting, costs), lone, saturated, half, change };
}

export function saturate(
  setting: Setting,
  bench: Bench,
  { measuredMs }: Pick<Effort, "measuredMs">,
): LoadResult {
  const { line, core } = atBest(setting, bench.costs);
  return runLoad(setting, bench, {
    perSecond: overload * Math.min(line, core),
    warmUpMs,
    measuredMs,
  });
}
