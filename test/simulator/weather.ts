import { diceFor, type Dice } from "./dice.ts";
import type {
  ClockFaults,
  DiskFaults,
  Faults,
  NetworkFaults,
  Operations,
  ProcessFaults,
} from "./faults.ts";
import { partitionShapes } from "./partition.ts";

export type Weather = "usual" | "storm";

export function drawWeather(weather: Weather, seed: number): Faults {
  return weather === "storm" ? drawStorm(seed) : drawFaults(seed);
}

/** Swarm testing: each seed switches each fault on or off and draws how strong it is, within the ranges of VOPR. */
function drawFaults(seed: number): Faults {
  const dice = diceFor(seed, "faults");
  return {
    network: drawNetwork(dice),
    disk: drawDisk(dice),
    process: { ...drawProcess(dice), oldDiskSeconds: drawOldDiskSeconds(seed) },
    clock: drawClock(dice),
    operations: drawOperations(dice),
    healing: dice.pick(["everybody", "quorum"]),
  };
}

/**
 * Leaders change every few seconds and hardly anything arrives in time, in order or once: what needs a rare order of
 * events happens often, at the price of little progress.
 */
function drawStorm(seed: number): Faults {
  const dice = diceFor(seed, "storm");
  const usual = drawFaults(seed);
  return {
    network: {
      delayMicrosMin: 50,
      delayMicrosMean: dice.between(1_000, 20_000),
      lossRate: 0.1 * dice.float() ** 2,
      duplicateRate: 0.2 * dice.float() ** 2,
      isOrdered: false,
      strayRate: 0.5,
      strayMicrosMax: dice.between(2_000_000, 10_000_000),
      linkMessagesMax: Number.POSITIVE_INFINITY,
      clogSeconds: sometimes(dice, 0.5, 2, 10),
      clogMicrosMax: dice.between(100_000, 3_000_000),
      partitionSeconds: dice.between(2, 5),
      partitionMicrosMean: dice.between(1_000_000, 4_000_000),
      partitionShapes,
      asymmetricShare: 0.3 * dice.float(),
    },
    disk: {
      ...usual.disk,
      syncMicrosMin: 200,
      syncMicrosMean: dice.between(10_000, 60_000),
      stallRate: 0.05,
      stallMicrosMax: 2_000_000,
      writeErrorRate: 0,
      fsyncErrorRate: 0,
    },
    process: {
      ...usual.process,
      crashSeconds: sometimes(dice, 0.5, 5, 30),
      downMicrosMean: dice.between(100_000, 2_000_000),
      longShare: 0,
      oldDiskSeconds: 0,
      pauseSeconds: sometimes(dice, 0.5, 2, 10),
      pauseMicrosMax: dice.between(500_000, 5_000_000),
    },
    clock: usual.clock,
    operations: {
      ...usual.operations,
      transferSeconds: dice.between(1, 4),
      readSeconds: 0.1,
      transactionSeconds: 0.2,
    },
    healing: usual.healing,
  };
}

function drawNetwork(dice: Dice): NetworkFaults {
  const isWide = dice.chance(0.3);
  return {
    delayMicrosMin: isWide ? 10_000 : 50,
    delayMicrosMean: isWide ? dice.between(30_000, 100_000) : dice.between(100, 5_000),
    lossRate: dice.chance(0.5) ? 0.3 * dice.float() ** 2 : 0,
    duplicateRate: dice.chance(0.4) ? 0.5 * dice.float() ** 2 : 0,
    isOrdered: dice.chance(0.5),
    strayRate: dice.chance(0.4) ? 0.1 * dice.float() ** 2 : 0,
    strayMicrosMax: dice.between(1_000_000, 20_000_000),
    linkMessagesMax: dice.chance(0.3) ? dice.between(4, 30) : Number.POSITIVE_INFINITY,
    clogSeconds: sometimes(dice, 0.4, 5, 60),
    clogMicrosMax: dice.between(100_000, 5_000_000),
    partitionSeconds: sometimes(dice, 0.6, 5, 90),
    partitionMicrosMean: dice.between(500_000, 15_000_000),
    partitionShapes: dice.some(partitionShapes),
    asymmetricShare: dice.float(),
  };
}

/** Half of the seeds have disks that keep what was written to them. */
function drawDisk(dice: Dice): DiskFaults {
  const isDecaying = dice.chance(0.5);
  const rate = (): number => (isDecaying && dice.chance(0.7) ? 0.1 * dice.float() ** 2 : 0);
  return {
    syncMicrosMin: 200,
    syncMicrosMean: dice.chance(0.3) ? dice.between(5_000, 50_000) : dice.between(300, 3_000),
    stallRate: dice.chance(0.4) ? 0.05 * dice.float() : 0,
    stallMicrosMax: dice.between(50_000, 3_000_000),
    writeErrorRate: dice.chance(0.2) ? 0.01 * dice.float() : 0,
    fsyncErrorRate: dice.chance(0.3) ? 0.01 * dice.float() : 0,
    tornRate: 0.8 + 0.2 * dice.float(),
    checkpointRate: dice.pick([0.01, 0.05, 0.2]),
    writeFaultRate: rate(),
    readFaultRate: rate(),
    rotSeconds: isDecaying ? sometimes(dice, 0.7, 2, 30) : 0,
    cachedBlocksMax: dice.pick([0, 4, 32, 512]),
  };
}

/** Drawn apart, so that the other faults of a seed stay what they are. */
function drawOldDiskSeconds(seed: number): number {
  return sometimes(diceFor(seed, "old disks"), 0.3, 15, 90);
}

function drawProcess(dice: Dice): Omit<ProcessFaults, "oldDiskSeconds"> {
  return {
    crashSeconds: sometimes(dice, 0.8, 5, 90),
    downMicrosMean: dice.between(100_000, 8_000_000),
    powerCutShare: dice.float(),
    allAtOnceShare: dice.chance(0.3) ? 0.3 * dice.float() : 0,
    longShare: dice.chance(0.5) ? 0.2 * dice.float() : 0,
    pauseSeconds: sometimes(dice, 0.4, 5, 60),
    pauseMicrosMax: dice.between(100_000, 10_000_000),
  };
}

function drawClock(dice: Dice): ClockFaults {
  return {
    skewMicrosMax: dice.chance(0.5) ? dice.between(1_000, 5_000_000) : 0,
    driftMax: dice.chance(0.5) ? 0.05 * dice.float() : 0,
    jumpSeconds: sometimes(dice, 0.3, 10, 90),
    jumpMicrosMax: dice.between(100_000, 10_000_000),
  };
}

/** People at work: an action every few seconds, and now and then a burst of them. Some networks are busy. */
function drawTransactionSeconds(dice: Dice): number {
  return dice.chance(0.1) ? 0.5 : 2 + 8 * dice.float() ** 2;
}

function drawOperations(dice: Dice): Operations {
  return {
    transferSeconds: sometimes(dice, 0.4, 5, 60),
    changeSeconds: sometimes(dice, 0.4, 10, 60),
    readSeconds: sometimes(dice, 0.5, 1, 20),
    observerCount: dice.pick([0, 0, 1, 2]),
    transactionSeconds: drawTransactionSeconds(dice),
    clientCount: dice.between(1, 5),
    invalidShare: dice.chance(0.5) ? 0.2 * dice.float() : 0,
    mortalCount: dice.pick([0, 1, 1, 2]),
    reformatSeconds: sometimes(dice, 0.4, 30, 200),
    upgradeSeconds: sometimes(dice, 0.3, 30, 200),
  };
}

/** A mean time between faults, or 0 for never. */
function sometimes(dice: Dice, chance: number, lowSeconds: number, highSeconds: number): number {
  return dice.chance(chance) ? dice.between(lowSeconds, highSeconds) : 0;
}
