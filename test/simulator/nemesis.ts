import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import { reach, type Marks } from "./marks.ts";
import type { Network } from "./network.ts";
import type { SimNode } from "./node.ts";
import { drawPartition } from "./partition.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

type NemesisPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly trace: Trace;
  readonly nodes: readonly SimNode[];
  readonly network: Pick<Network<unknown>, "isPartitioned" | "partition" | "heal" | "clog">;
  readonly onPeersChanged: () => void;
};

/** How long a node stays down that shall fall behind the start of the others' logs. */
const longDownMicros = 120_000_000;

/** Within how many effects a planned crash comes. */
const crashBoundariesMax = 24;

/** Causes the faults of one run, each as often as its swarm settings say. */
export class Nemesis {
  readonly #ports: NemesisPorts;
  readonly #faults: Faults;
  #isOver = false;
  /** Who is down now, or goes down, stays so. */
  #frozen: ReadonlySet<SimNode> = new Set();

  constructor(ports: NemesisPorts, faults: Faults) {
    this.#ports = ports;
    this.#faults = faults;
  }

  start(): void {
    const { process, network, clock, disk } = this.#faults;
    this.#every(process.crashSeconds, () => this.#crash());
    this.#every(process.pauseSeconds, () => this.#pause());
    this.#every(process.oldDiskSeconds, () => this.#useCopy());
    this.#every(network.partitionSeconds, () => this.#partition());
    this.#every(network.clogSeconds, () => this.#clog());
    this.#every(clock.jumpSeconds, () => this.#jumpClock());
    this.#every(disk.rotSeconds, () => this.#ports.dice.pick(this.#ports.nodes).disk.rot());
  }

  /** No new faults from now on; what has happened to the frozen nodes stays as it is. */
  stop(frozen: readonly SimNode[]): void {
    this.#isOver = true;
    this.#frozen = new Set(frozen);
  }

  /** Decides when a crashed node starts again. */
  onCrashed(node: SimNode): void {
    if (!node.isActive) return;
    const { scheduler, dice, onPeersChanged } = this.#ports;
    const { longShare, downMicrosMean } = this.#faults.process;
    const isLong = !this.#isOver && dice.chance(longShare);
    scheduler.after(isLong ? longDownMicros : dice.exponential(downMicrosMean), () => {
      if (node.isUp || this.#frozen.has(node)) return;
      node.boot();
      onPeersChanged();
    });
    scheduler.after(0, onPeersChanged);
  }

  #every(seconds: number, fault: () => void): void {
    if (seconds === 0) return;
    const { scheduler, dice } = this.#ports;
    scheduler.after(dice.exponential(seconds * 1e6), () => {
      if (this.#isOver) return;
      fault();
      this.#every(seconds, fault);
    });
  }

  #crash(): void {
    const { dice, marks, nodes } = this.#ports;
    const { powerCutShare, allAtOnceShare } = this.#faults.process;
    const isPowerCut = dice.chance(powerCutShare);
    if (dice.chance(allAtOnceShare)) {
      reach(marks, "power-cut-of-all");
      for (const node of nodes) node.crash(isPowerCut);
    } else {
      dice.pick(nodes).planCrash(1 + dice.below(crashBoundariesMax), isPowerCut);
    }
  }

  /** The disk of a stopped node is copied, or comes back from its copy; the network can do without what that has forgotten. */
  #useCopy(): void {
    const { dice, marks, trace, nodes } = this.#ports;
    const mortal = nodes.filter((each) => each.isMortal && each.isActive);
    if (mortal.length === 0) return;
    const node = dice.pick(mortal);
    node.crash(dice.chance(this.#faults.process.powerCutShare));
    if (!node.hasCopy) {
      node.copyDisk();
      return;
    }
    reach(marks, "old-disk");
    trace.note("old-disk", node.index);
    node.putCopyBack();
  }

  #pause(): void {
    const { scheduler, dice, marks, trace, nodes } = this.#ports;
    const node = dice.pick(nodes);
    reach(marks, "pause");
    trace.note("pause", node.index);
    node.owner.resumesAtMicros =
      scheduler.now() + dice.float() * this.#faults.process.pauseMicrosMax;
  }

  #partition(): void {
    const { scheduler, dice, marks, trace, nodes, network, onPeersChanged } = this.#ports;
    const { asymmetricShare, partitionMicrosMean, partitionShapes } = this.#faults.network;
    const isAsymmetric = dice.chance(asymmetricShare);
    const shape = dice.pick(partitionShapes);
    reach(marks, `partition-${shape}`);
    reach(marks, isAsymmetric ? "partition-asymmetric" : "partition-symmetric");
    trace.note("partition", -1, isAsymmetric ? 1 : 0);
    const isCut = drawPartition(dice, nodes.length, shape, isAsymmetric);
    network.partition(isCut, dice.chance(0.5));
    scheduler.after(0, onPeersChanged);
    scheduler.after(dice.exponential(partitionMicrosMean), () => this.#heal());
  }

  #heal(): void {
    const { marks, trace, network, onPeersChanged } = this.#ports;
    if (this.#isOver || !network.isPartitioned) return;
    reach(marks, "partition-healed");
    trace.note("heal", -1);
    network.heal();
    onPeersChanged();
  }

  #clog(): void {
    const { scheduler, dice, marks, nodes, network } = this.#ports;
    reach(marks, "clog");
    const until = scheduler.now() + dice.float() * this.#faults.network.clogMicrosMax;
    network.clog(dice.below(nodes.length), dice.below(nodes.length), until);
  }

  #jumpClock(): void {
    const { dice, marks, nodes } = this.#ports;
    reach(marks, "clock-jump");
    const micros = Math.round((2 * dice.float() - 1) * this.#faults.clock.jumpMicrosMax);
    dice.pick(nodes).clock.jump(micros);
  }
}
