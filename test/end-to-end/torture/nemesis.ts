import { diceFor, type Dice } from "../../simulator/dice.ts";
import { leap, wallJump } from "./clock-faults.ts";
import type { Begin, FaultContext } from "./fault.ts";
import { deaf, holes, isolate, mute, narrow, slow, split } from "./network-faults.ts";
import { diskFull, diskUnsynced, kill, pause, powerCut, restart, sleep } from "./process-faults.ts";
import type { TortureNetwork } from "./torture-network.ts";

/** Each is drawn as often as its weight says. */
const faults = [
  { name: "kill", begin: kill, weight: 5 },
  { name: "power cut", begin: powerCut, weight: 1 },
  { name: "restart", begin: restart, weight: 2 },
  { name: "pause", begin: pause, weight: 4 },
  { name: "sleep", begin: sleep, weight: 4 },
  { name: "full disk", begin: diskFull, weight: 2 },
  { name: "unsynced disk", begin: diskUnsynced, weight: 1 },
  { name: "isolate", begin: isolate, weight: 2 },
  { name: "deaf", begin: deaf, weight: 2 },
  { name: "mute", begin: mute, weight: 2 },
  { name: "split", begin: split, weight: 2 },
  { name: "holes", begin: holes, weight: 2 },
  { name: "slow", begin: slow, weight: 2 },
  { name: "narrow", begin: narrow, weight: 1 },
  { name: "wall jump", begin: wallJump, weight: 2 },
  { name: "leap", begin: leap, weight: 2 },
] as const satisfies readonly { name: string; begin: Begin; weight: number }[];

export type FaultName = (typeof faults)[number]["name"];

/** Faults that are under way at the same time. */
const lanes = 2;
const betweenMsMean = 1_500;
const leaderShare = 0.6;
const holdMs = { min: 200, mean: 2_500, max: 12_000 } as const;

type Drawn = Omit<FaultContext, "network">;

type NemesisPorts = {
  readonly network: TortureNetwork;
  readonly seed: number;
  /** Told of each fault when it begins and ends. */
  readonly print: (line: string) => void;
};

/** Hurts the network: the names, the victims and the times of faults are drawn from the seed. */
export class Nemesis {
  readonly counts = new Map<FaultName, number>();
  readonly #ports: NemesisPorts;
  readonly #stopping = new AbortController();
  readonly #problems: unknown[] = [];
  #running: readonly Promise<void>[] = [];

  constructor(ports: NemesisPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#running = Array.from({ length: lanes }, (_, lane) =>
      this.#run(diceFor(this.#ports.seed, `lane ${lane}`)).catch((problem: unknown) => {
        this.#problems.push(problem);
      }),
    );
  }

  /** Ends all faults; throws what went wrong with one. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
    if (this.#problems.length > 0) throw this.#problems[0];
  }

  /** One fault, for as long as `hold` takes. */
  async hurt(name: FaultName, drawn: Drawn, hold: () => Promise<void>): Promise<boolean> {
    const { network, print } = this.#ports;
    const known = faults.find((each) => each.name === name);
    const fault = await known?.begin({ network, ...drawn });
    if (fault === undefined) return false;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    print(`${name}: ${fault.text}`);
    try {
      await hold();
    } finally {
      await fault.end();
      print(`${name} ends: ${fault.text}`);
    }
    return true;
  }

  async #run(dice: Dice): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await waitFor(dice.exponential(betweenMsMean), signal);
      const { min, mean, max } = holdMs;
      const name = draw(dice);
      const lastsMs = Math.min(max, min + dice.exponential(mean));
      const aim = dice.chance(leaderShare) ? "leader" : "any";
      if (!signal.aborted) await this.hurt(name, { dice, aim }, () => waitFor(lastsMs, signal));
    }
  }
}

function draw(dice: Dice): FaultName {
  return dice.pick(
    faults.flatMap(({ name, weight }) => Array.from({ length: weight }, () => name)),
  );
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      done();
    }
    signal.addEventListener("abort", end);
  });
}
