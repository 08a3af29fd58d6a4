import { diceFor, type Dice } from "./dice.ts";

/** Mean times between faults are in seconds of virtual time; 0 means that this fault does not happen in this run. */
export type NetworkFaults = {
  readonly delayMicrosMin: number;
  readonly delayMicrosMean: number;
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** Of the messages: so many come once more, much later. Never where messages keep their order. */
  readonly strayRate: number;
  readonly strayMicrosMax: number;
  /** True: messages between two nodes keep their order, as on one TCP connection. */
  readonly isOrdered: boolean;
  readonly clogSeconds: number;
  readonly clogMicrosMax: number;
  readonly partitionSeconds: number;
  readonly partitionMicrosMean: number;
  readonly asymmetricShare: number;
};

export type DiskFaults = {
  readonly syncMicrosMin: number;
  readonly syncMicrosMean: number;
  readonly stallRate: number;
  readonly stallMicrosMax: number;
  readonly fsyncErrorRate: number;
};

type ProcessFaults = {
  readonly crashSeconds: number;
  readonly downMicrosMean: number;
  /** Of the crashes: unsynced writes are at risk, too. */
  readonly powerCutShare: number;
  /** Of the crashes: all nodes at once. */
  readonly allAtOnceShare: number;
  /** Of the crashes: down long enough to fall behind the start of the others' logs. */
  readonly longShare: number;
  readonly pauseSeconds: number;
  readonly pauseMicrosMax: number;
};

export type ClockFaults = {
  readonly skewMicrosMax: number;
  readonly driftMax: number;
  readonly jumpSeconds: number;
  readonly jumpMicrosMax: number;
};

export type Operations = {
  readonly transferSeconds: number;
  readonly changeSeconds: number;
  readonly readSeconds: number;
  readonly observerCount: number;
  readonly transactionSeconds: number;
  readonly clientCount: number;
  readonly invalidShare: number;
};

export type Faults = {
  readonly network: NetworkFaults;
  readonly disk: DiskFaults;
  readonly process: ProcessFaults;
  readonly clock: ClockFaults;
  readonly operations: Operations;
};

export type Weather = "usual" | "storm";

export function drawWeather(weather: Weather, seed: number): Faults {
  return weather === "storm" ? drawStorm(seed) : drawFaults(seed);
}

/** Swarm testing: each seed switches each fault on or off and draws how strong it is. */
function drawFaults(seed: number): Faults {
  const dice = diceFor(seed, "faults");
  return {
    network: drawNetwork(dice),
    disk: drawDisk(dice),
    process: drawProcess(dice),
    clock: drawClock(dice),
    operations: drawOperations(dice),
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
      clogSeconds: dice.chance(0.5) ? dice.between(2, 10) : 0,
      clogMicrosMax: dice.between(100_000, 3_000_000),
      partitionSeconds: dice.between(2, 5),
      partitionMicrosMean: dice.between(1_000_000, 4_000_000),
      asymmetricShare: 0.3 * dice.float(),
    },
    disk: {
      syncMicrosMin: 200,
      syncMicrosMean: dice.between(10_000, 60_000),
      stallRate: 0.05,
      stallMicrosMax: 2_000_000,
      fsyncErrorRate: 0,
    },
    process: {
      ...usual.process,
      crashSeconds: dice.chance(0.5) ? dice.between(5, 30) : 0,
      downMicrosMean: dice.between(100_000, 2_000_000),
      longShare: 0,
      pauseSeconds: dice.chance(0.5) ? dice.between(2, 10) : 0,
      pauseMicrosMax: dice.between(500_000, 5_000_000),
    },
    clock: usual.clock,
    operations: {
      ...usual.operations,
      transferSeconds: dice.between(1, 4),
      readSeconds: 0.1,
      transactionSeconds: 0.2,
    },
  };
}

function drawNetwork(dice: Dice): NetworkFaults {
  const isWide = dice.chance(0.3);
  return {
    delayMicrosMin: isWide ? 10_000 : 50,
    delayMicrosMean: isWide ? dice.between(20_000, 100_000) : dice.between(100, 5_000),
    lossRate: dice.chance(0.5) ? 0.3 * dice.float() ** 2 : 0,
    duplicateRate: dice.chance(0.4) ? 0.5 * dice.float() ** 2 : 0,
    isOrdered: dice.chance(0.5),
    strayRate: dice.chance(0.4) ? 0.1 * dice.float() ** 2 : 0,
    strayMicrosMax: dice.between(1_000_000, 20_000_000),
    clogSeconds: dice.chance(0.4) ? dice.between(5, 60) : 0,
    clogMicrosMax: dice.between(100_000, 5_000_000),
    partitionSeconds: dice.chance(0.6) ? dice.between(5, 90) : 0,
    partitionMicrosMean: dice.between(500_000, 15_000_000),
    asymmetricShare: dice.float(),
  };
}

function drawDisk(dice: Dice): DiskFaults {
  return {
    syncMicrosMin: 200,
    syncMicrosMean: dice.chance(0.3) ? dice.between(5_000, 50_000) : dice.between(300, 3_000),
    stallRate: dice.chance(0.4) ? 0.05 * dice.float() : 0,
    stallMicrosMax: dice.between(50_000, 3_000_000),
    fsyncErrorRate: dice.chance(0.3) ? 0.01 * dice.float() : 0,
  };
}

function drawProcess(dice: Dice): ProcessFaults {
  return {
    crashSeconds: dice.chance(0.8) ? dice.between(5, 90) : 0,
    downMicrosMean: dice.between(100_000, 8_000_000),
    powerCutShare: dice.float(),
    allAtOnceShare: dice.chance(0.3) ? 0.3 * dice.float() : 0,
    longShare: dice.chance(0.5) ? 0.2 * dice.float() : 0,
    pauseSeconds: dice.chance(0.4) ? dice.between(5, 60) : 0,
    pauseMicrosMax: dice.between(100_000, 10_000_000),
  };
}

function drawClock(dice: Dice): ClockFaults {
  return {
    skewMicrosMax: dice.chance(0.5) ? dice.between(1_000, 5_000_000) : 0,
    driftMax: dice.chance(0.5) ? 0.05 * dice.float() : 0,
    jumpSeconds: dice.chance(0.3) ? dice.between(10, 90) : 0,
    jumpMicrosMax: dice.between(100_000, 10_000_000),
  };
}

/** People at work: an action every few seconds, and now and then a burst of them. Some networks are busy. */
function drawTransactionSeconds(dice: Dice): number {
  return dice.chance(0.1) ? 0.5 : 2 + 8 * dice.float() ** 2;
}

function drawOperations(dice: Dice): Operations {
  return {
    transferSeconds: dice.chance(0.4) ? dice.between(5, 60) : 0,
    changeSeconds: dice.chance(0.4) ? dice.between(10, 60) : 0,
    readSeconds: dice.chance(0.5) ? dice.between(1, 20) : 0,
    observerCount: dice.pick([0, 0, 1, 2]),
    transactionSeconds: drawTransactionSeconds(dice),
    clientCount: dice.between(1, 5),
    invalidShare: dice.chance(0.5) ? 0.2 * dice.float() : 0,
  };
}
