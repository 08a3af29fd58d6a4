import type { Costs, StepCosts } from "./costs/costs.ts";
import type { MessageSizes } from "./costs/message-sizes.ts";
import type { Setting } from "./network/setting.ts";
import type { ScaleResult } from "./runs/measure-scale.ts";
import type { LoadResult } from "./runs/saturation.ts";
import type { VariantResult } from "./runs/variants.ts";
import { percent } from "./tables.ts";

export type Findings = {
  /** The machine that the costs were measured on. */
  readonly machine: string;
  readonly costs: Costs;
  readonly sizes: MessageSizes;
  /** With 31 producers under BFT. */
  readonly steps: StepCosts;
  readonly results: readonly ScaleResult[];
  readonly surroundings: readonly VariantResult[];
  readonly designs: readonly {
    readonly setting: Setting;
    readonly results: readonly VariantResult[];
  }[];
};

/** What was busy for nearly all of the time. */
export function bindingPart({ busy }: LoadResult): string {
  const parts = [
    ["the leader's line", busy.leaderUplink],
    ["the leader's core", busy.leaderCore],
    ["the others' cores", busy.otherCore],
    ["the leader's disk", busy.leaderDisk],
  ] as const;
  const [name, share] = parts.toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return share > 0.9
    ? `${name} ${percent(Math.min(1, share))}`
    : `pacing (${name} ${percent(Math.min(1, share))})`;
}

export function nameOf({ algorithm, producers }: Setting): string {
  return `${algorithm.toUpperCase()}, ${producers}`;
}
