import { nextFloat, seedRandom } from "@kith/protocol/random";

/** One stream of chance. Each concern has its own, so drawing more in one does not reshuffle the others. */
export type Dice = {
  float(): number;
  /** An integer from 0 to `count - 1`. */
  below(count: number): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  exponential(mean: number): number;
  pick<T>(items: readonly T[]): T;
  /** At least one of them, in their order. */
  some<T>(items: readonly T[]): readonly T[];
  shuffled<T>(items: readonly T[]): readonly T[];
};

export function diceFor(seed: number, concern: string): Dice {
  const state = seedRandom(mixSeed(seed, concern));
  const float = (): number => nextFloat(state);
  const below = (count: number): number => Math.floor(float() * count);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  return {
    float,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => probability > 0 && float() < probability,
    exponential: (mean) => -Math.log(1 - float()) * mean,
    pick,
    some(items) {
      const sure = pick(items);
      return items.filter((item) => float() < 0.5 || item === sure);
    },
    shuffled(items) {
      const ranked = items.map((item) => ({ item, rank: float() }));
      return ranked.toSorted((a, b) => a.rank - b.rank).map(({ item }) => item);
    },
  };
}

function mixSeed(seed: number, concern: string): number {
  let hash = (seed ^ 0x811c9dc5) | 0;
  for (let at = 0; at < concern.length; at += 1) {
    hash = Math.imul(hash ^ concern.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
