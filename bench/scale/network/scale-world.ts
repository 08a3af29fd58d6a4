import type { Producer, SealedBlock } from "@kith/protocol/block";
import { nodeIdOf, type NodeId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { diceFor } from "../../../test/simulator/dice.ts";
import { createGenesis } from "../../../test/simulator/genesis.ts";
import { createScheduler, type Scheduler } from "../../../test/simulator/scheduler.ts";
import type { Costs, Linear, MessageKind, StepCosts } from "../costs/costs.ts";
import { Lines } from "./lines.ts";
import { ScaleNode, type TimedStep } from "./scale-node.ts";
import type { Setting } from "./setting.ts";
import { Spreader } from "./spreading.ts";

export type WorldPlan = {
  readonly setting: Setting;
  readonly costs: Costs;
  readonly steps: StepCosts;
  readonly onStep?: (step: TimedStep) => void;
};

export type FinalNews = {
  readonly node: number;
  readonly block: SealedBlock;
  readonly atMicros: number;
};

/** Messages of one kind that were sent, and their bytes before they are sealed. */
export type Traffic = { count: number; bytes: number };

/** Nodes of one network in virtual time, without faults but for nodes that stop. */
export class ScaleWorld {
  readonly scheduler: Scheduler = createScheduler();
  readonly nodes: readonly ScaleNode[];
  readonly lines: Lines;
  readonly linkSend: Linear;
  readonly traffic = new Map<MessageKind, Traffic>();
  onFinal: (news: FinalNews) => void = () => undefined;
  readonly #indexes = new Map<NodeId, number>();

  constructor({ setting, costs, steps, onStep }: WorldPlan) {
    const { scheduler } = this;
    this.linkSend = costs.linkSend;
    this.lines = new Lines({ scheduler, dice: diceFor(setting.seed, "lines"), setting });
    const producers = drawProducers(setting.producers);
    const genesis = createGenesis({ algorithm: setting.algorithm, producers });
    const spreader = new Spreader({
      setting,
      linkSend: costs.linkSend,
      lines: this.lines,
      node: (index) => this.node(index),
      deliver: ({ from, message, sizeBytes }, to) =>
        this.node(to).receive(this.node(from).id, message, sizeBytes),
    });
    this.nodes = producers.map(({ node: self }, index) => {
      this.#indexes.set(self, index);
      return new ScaleNode({
        index,
        self,
        genesis,
        setting,
        costs,
        steps,
        scheduler,
        dice: diceFor(setting.seed, `disk ${index}`),
        send: (to, message, sizeBytes) => {
          this.#count(message.kind, sizeBytes);
          spreader.send({ from: index, message, sizeBytes }, this.#indexOf(to));
        },
        onFinal: (block) => this.onFinal({ node: index, block, atMicros: scheduler.now() }),
        ...(onStep === undefined ? {} : { onStep }),
      });
    });
  }

  get nowMs(): number {
    return this.scheduler.now() / 1000;
  }

  node(index: number): ScaleNode {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  /** The node that leads and is not stopped; of two that think so, the one of the later term. */
  leader(): ScaleNode | undefined {
    return this.nodes
      .filter((node) => !node.isStopped && node.state.role === "leader")
      .toSorted((a, b) => b.state.term - a.state.term)[0];
  }

  indexOf(node: ScaleNode): number {
    return this.nodes.indexOf(node);
  }

  advance(ms: number): void {
    const until = this.scheduler.now() + ms * 1000;
    while (this.scheduler.runNext(until));
  }

  /** Advances until it holds; false when it does not within so long. */
  advanceUntil(holds: () => boolean, msMax: number): boolean {
    const until = this.scheduler.now() + msMax * 1000;
    while (!holds()) if (!this.scheduler.runNext(until)) return false;
    return true;
  }

  #count(kind: MessageKind, sizeBytes: number): void {
    const traffic = this.traffic.get(kind) ?? { count: 0, bytes: 0 };
    traffic.count += 1;
    traffic.bytes += sizeBytes;
    this.traffic.set(kind, traffic);
  }

  #indexOf(node: NodeId): number {
    const index = this.#indexes.get(node);
    if (index === undefined) throw new Error(`${node} is not part of the network`);
    return index;
  }
}

function drawProducers(count: number): readonly Producer[] {
  return Array.from({ length: count }, (_, index) => ({
    account: accountNameConstant(`n${letterOf(Math.floor(index / 26))}${letterOf(index % 26)}`),
    node: nodeIdOf((index + 1).toString(16).padStart(2, "0").repeat(32)),
  }));
}

function letterOf(at: number): string {
  return String.fromCharCode(97 + at);
}
