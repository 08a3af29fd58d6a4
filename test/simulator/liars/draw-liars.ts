import { diceFor } from "../dice.ts";
import type { LiarPlan } from "../world.ts";

/** How many producers of a BFT network lie in this seed: as many as it stands, fewer, or none. */
export function drawLiarPlan(seed: number, producerCount: number): LiarPlan {
  const dice = diceFor(seed, "how many lie");
  const standsMax = Math.floor((producerCount - 1) / 3);
  return { count: dice.chance(0.7) ? standsMax : dice.below(standsMax + 1), mayFork: false };
}
