import type { Dice } from "./dice.ts";
import type { Operations } from "./faults.ts";
import { reach, type Marks } from "./marks.ts";
import type { SimNode } from "./node.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

type OperatorPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly trace: Trace;
  readonly nodes: readonly SimNode[];
  readonly onPeersChanged: () => void;
};

/** How long it takes until a node that was lost is replaced by a new one. */
const replaceMicrosMean = 10_000_000;
/** Between two nodes of a rolling upgrade, and between two looks whether the last one is back. */
const upgradeMicrosMean = 5_000_000;
const lookMicros = 1_000_000;

/** The people who run the nodes: a lost one is replaced by a new node, as the README tells; programs are upgraded. */
export class Operator {
  readonly #ports: OperatorPorts;
  readonly #operations: Operations;
  #isUpgrading = false;
  #isOver = false;

  constructor(ports: OperatorPorts, operations: Operations) {
    this.#ports = ports;
    this.#operations = operations;
  }

  start(): void {
    this.#every(this.#operations.reformatSeconds, () => this.#reformat());
    this.#every(this.#operations.upgradeSeconds, () => this.#upgrade());
  }

  /** Nothing new is begun; whoever waits for a new node still gets it. */
  stop(): void {
    this.#isOver = true;
  }

  /** A damaged log must not be replaced by an older copy: the node is taken away with its key, and a new one follows. */
  onLost(node: SimNode, reason: string): void {
    const { marks, trace } = this.#ports;
    if (!node.isMortal) throw new Error(`node ${node.index} does not start again: ${reason}`);
    reach(marks, reason === "vote-corrupt" ? "start-refused-vote" : "start-refused-log");
    trace.note("lost", node.index, 0, () => reason);
    this.#replace(node);
  }

  #every(seconds: number, run: () => void): void {
    if (seconds === 0) return;
    const { scheduler, dice } = this.#ports;
    scheduler.after(dice.exponential(seconds * 1e6), () => {
      if (this.#isOver) return;
      run();
      this.#every(seconds, run);
    });
  }

  #reformat(): void {
    const { dice, marks, trace, nodes } = this.#ports;
    const mortal = nodes.filter((node) => node.isMortal && node.isActive);
    if (mortal.length === 0) return;
    const node = dice.pick(mortal);
    reach(marks, "reformat");
    trace.note("reformat", node.index);
    this.#replace(node);
  }

  #replace(node: SimNode): void {
    const { scheduler, dice, onPeersChanged } = this.#ports;
    node.retire();
    scheduler.after(0, onPeersChanged);
    scheduler.after(dice.exponential(replaceMicrosMean), () => this.#addSpare());
  }

  /** The new node is told by one that runs who the producers are. */
  #addSpare(): void {
    const { scheduler, dice, nodes, marks, trace, onPeersChanged } = this.#ports;
    const spare = nodes.find((node) => !node.isActive && !node.isRetired);
    if (spare === undefined) return;
    const running = nodes.filter((node) => node.isUp);
    if (running.length === 0) {
      scheduler.after(lookMicros, () => this.#addSpare());
      return;
    }
    reach(marks, "newcomer");
    trace.note("newcomer", spare.index);
    spare.activate(dice.pick(running).program.roster());
    onPeersChanged();
  }

  /** One node after the other, each when the last one is back. */
  #upgrade(): void {
    if (this.#isUpgrading) return;
    const { dice, nodes } = this.#ports;
    this.#isUpgrading = true;
    this.#upgradeNext(dice.shuffled(nodes.filter((node) => node.isActive)));
  }

  #upgradeNext(left: readonly SimNode[]): void {
    const { scheduler, dice, marks } = this.#ports;
    const [node, ...others] = left;
    if (node === undefined) {
      this.#isUpgrading = false;
      reach(marks, "rolling-upgrade");
      return;
    }
    if (this.#isOver) return;
    node.upgrade();
    const goOn = (): void => {
      if (node.isActive && !node.isUp) scheduler.after(lookMicros, goOn);
      else this.#upgradeNext(others);
    };
    scheduler.after(dice.exponential(upgradeMicrosMean), goOn);
  }
}
