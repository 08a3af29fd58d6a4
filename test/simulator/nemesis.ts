import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import { reach, type Marks } from "./marks.ts";
import { drawPartition, type Network } from "./network.ts";
import type { SimNode } from "./node.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

export type NemesisPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly trace: Trace;
  readonly nodes: readonly SimNode[];
  readonly network: Network<unknown>;
  readonly onPeersChanged: () => void;
};

export type Nemesis = {
  start(): void;
  /** Decides when a crashed node starts again. */
  onCrashed(node: SimNode): void;
  /** No new faults from now on. */
  stop(): void;
};

/** How long a node stays down that shall fall behind the start of the others' logs. */
const longDownMicros = 120_000_000;

/** Within how many effects a planned crash comes. */
const crashBoundariesMax = 24;

/** Causes the faults of one run, each as often as its swarm settings say. */
export function createNemesis(ports: NemesisPorts, faults: Faults): Nemesis {
  const { scheduler, dice, marks, trace, nodes, network } = ports;
  let isOver = false;

  function every(seconds: number, fault: () => void): void {
    if (seconds === 0) return;
    scheduler.after(dice.exponential(seconds * 1e6), () => {
      if (isOver) return;
      fault();
      every(seconds, fault);
    });
  }

  function crash(): void {
    const isPowerCut = dice.chance(faults.process.powerCutShare);
    if (dice.chance(faults.process.allAtOnceShare)) {
      reach(marks, "power-cut-of-all");
      for (const node of nodes) node.crash(isPowerCut);
    } else {
      dice.pick(nodes).planCrash(1 + dice.below(crashBoundariesMax), isPowerCut);
    }
  }

  function onCrashed(node: SimNode): void {
    const isLong = !isOver && dice.chance(faults.process.longShare);
    const micros = isLong ? longDownMicros : dice.exponential(faults.process.downMicrosMean);
    scheduler.after(micros, () => {
      if (node.isUp) return;
      node.boot();
      ports.onPeersChanged();
    });
    scheduler.after(0, ports.onPeersChanged);
  }

  function pause(): void {
    const node = dice.pick(nodes);
    reach(marks, "pause");
    trace.note("pause", node.index);
    node.owner.resumesAtMicros = scheduler.now() + dice.float() * faults.process.pauseMicrosMax;
  }

  function partition(): void {
    const isAsymmetric = dice.chance(faults.network.asymmetricShare);
    reach(marks, isAsymmetric ? "partition-asymmetric" : "partition-symmetric");
    trace.note("partition", -1, isAsymmetric ? 1 : 0);
    network.partition(drawPartition(dice, nodes.length, isAsymmetric), dice.chance(0.5));
    scheduler.after(0, ports.onPeersChanged);
    scheduler.after(dice.exponential(faults.network.partitionMicrosMean), () => {
      if (!network.isPartitioned()) return;
      reach(marks, "partition-healed");
      trace.note("heal", -1);
      network.heal();
      ports.onPeersChanged();
    });
  }

  function clog(): void {
    reach(marks, "clog");
    const until = scheduler.now() + dice.float() * faults.network.clogMicrosMax;
    network.clog(dice.below(nodes.length), dice.below(nodes.length), until);
  }

  function jumpClock(): void {
    reach(marks, "clock-jump");
    const micros = Math.round((2 * dice.float() - 1) * faults.clock.jumpMicrosMax);
    dice.pick(nodes).clock.jump(micros);
  }

  return {
    start() {
      every(faults.process.crashSeconds, crash);
      every(faults.process.pauseSeconds, pause);
      every(faults.network.partitionSeconds, partition);
      every(faults.network.clogSeconds, clog);
      every(faults.clock.jumpSeconds, jumpClock);
    },
    onCrashed,
    stop() {
      isOver = true;
    },
  };
}
