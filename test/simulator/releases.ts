import type { ConsensusConfig } from "@kith/consensus/core/config";

import type { Dice } from "./dice.ts";

type Tuning = Partial<ConsensusConfig>;

/** More upgrades than these come back to the first. */
const releaseCount = 3;

/** Each release of the program has its own windows and timeouts; during an upgrade they run side by side. */
export function drawReleases(dice: Dice): (release: number) => Tuning {
  const releases = Array.from({ length: releaseCount }, () => drawTuning(dice));
  return (release) => releases[release % releaseCount] ?? {};
}

function drawTuning(dice: Dice): Tuning {
  const electionTimeoutMsMin = dice.pick([1_000, 1_000, 700, 1_500]);
  return {
    recentBlocks: dice.pick([4, 16, 256]),
    windowBlocks: dice.pick([1, 2, 8]),
    heartbeatMs: dice.pick([250, 250, 150]),
    electionTimeoutMsMin,
    electionTimeoutMsMax: 2 * electionTimeoutMsMin,
  };
}
