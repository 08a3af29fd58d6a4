import type { Costs, Micros, StepCosts, StepInput } from "../costs/costs.ts";
import { Load } from "../network/load.ts";
import { ScaleWorld } from "../network/scale-world.ts";
import type { Setting } from "../network/setting.ts";
import { settled } from "./lone.ts";
import { percentile } from "./percentiles.ts";

const transactions = 6;
const spacingMs = 700;

/**
 * What the core's steps take on this machine with so many producers: a network of them runs for a few blocks, and the median of each kind of
 * step is what it takes, whatever else the machine does meanwhile.
 */
export function calibrate(setting: Setting, costs: Costs): StepCosts {
  const samples = new Map<string, Micros[]>();
  const world = new ScaleWorld({
    setting,
    costs,
    steps: () => 0,
    onStep: ({ input, spoke, takes }) => {
      const key = keyOf(input, spoke);
      const known = samples.get(key);
      if (known === undefined) samples.set(key, [takes]);
      else known.push(takes);
    },
  });
  const leader = settled(world);
  const load = new Load(world, setting);
  for (let left = transactions; left > 0; left -= 1) {
    load.offer(leader);
    world.advance(spacingMs);
  }
  const medians = new Map([...samples].map(([key, takes]) => [key, percentile(takes, 0.5)]));
  // What did not happen here is rare.
  return (input, spoke) =>
    medians.get(keyOf(input, spoke)) ?? medians.get(keyOf("tick", spoke)) ?? 0;
}

function keyOf(input: StepInput, spoke: boolean): string {
  return spoke ? `${input}, and spoke` : input;
}
