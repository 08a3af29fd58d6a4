import type { Producer, SealedBlock } from "@kith/protocol/block";
import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { Clients } from "./clients.ts";
import { epochMicros } from "./clock.ts";
import { diceFor, type Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import { Ledger, type Execution } from "./ledger.ts";
import type { Subject, View } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import { drawMembers } from "./members.ts";
import { detailOf, factOf, isConsensusMessage } from "./message-detail.ts";
import { Nemesis } from "./nemesis.ts";
import { Network } from "./network.ts";
import { SimNode, SimulatedCrash } from "./node.ts";
import { Oracles } from "./oracles.ts";
import { SafetyViolation } from "./safety-violation.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import { createTrace, type Trace } from "./trace.ts";

export type SubjectFactory = (plan: SubjectPlan) => Subject;

export type SubjectPlan = {
  readonly members: readonly Producer[];
  /** The first so many members are the producers at genesis; the others follow. */
  readonly producerCount: number;
  readonly clientCount: number;
  readonly invalidShare: number;
  readonly dice: Dice;
  readonly marks: Marks;
  /** Every node's program reports every transaction that it executes with success. */
  readonly onExecution: (execution: Execution) => void;
};

export type RunPlan = {
  readonly seed: number;
  readonly producerCount: number;
  readonly virtualSeconds: number;
  readonly createSubject: SubjectFactory;
  readonly faults: Faults;
  readonly print?: (line: string) => void;
};

export type RunReport = {
  readonly seed: number;
  readonly failure: Failure | undefined;
  readonly digest: string;
  readonly virtualSeconds: number;
  readonly events: number;
  readonly finalBlocks: number;
  readonly acknowledged: number;
  readonly marks: Marks;
};

type Failure = {
  readonly kind: "safety" | "liveness" | "broken";
  readonly rule: string;
  readonly message: string;
  readonly atSeconds: number;
};

/** How often the states of all nodes are compared with what clients were told, in virtual seconds. */
const checkSeconds = 60;

/** How long a healed core may take to make progress, and everybody in it to catch up, in virtual seconds. */
const settleSecondsMax = 240;

/** Runs one seed to its end: faults, then a healed core that has to make progress and agree. */
export function runSeed(plan: RunPlan): RunReport {
  const world = new World(plan);
  const failure = world.run();
  return world.report(failure);
}

class World {
  readonly #plan: RunPlan;
  readonly #faults: Faults;
  readonly #scheduler: Scheduler = createScheduler();
  readonly #trace: Trace;
  readonly #marks: Marks = new Map();
  readonly #nodes: SimNode[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #network: Network<NodeMessage>;
  readonly #oracles: Oracles;
  readonly #ledger: Ledger;
  readonly #clients: Clients;
  readonly #nemesis: Nemesis;
  readonly #scheduleDice: Dice;

  constructor(plan: RunPlan) {
    const scheduler = this.#scheduler;
    const marks = this.#marks;
    this.#plan = plan;
    this.#faults = plan.faults;
    this.#trace = createTrace(() => scheduler.now(), plan.print);
    this.#scheduleDice = diceFor(plan.seed, "schedule");
    const members = drawMembers(plan.producerCount + this.#faults.operations.observerCount);
    const subject = plan.createSubject({
      members,
      producerCount: plan.producerCount,
      clientCount: this.#faults.operations.clientCount,
      invalidShare: this.#faults.operations.invalidShare,
      dice: diceFor(plan.seed, "workload"),
      marks,
      onExecution: (execution) => this.#ledger.onExecution(execution),
    });
    this.#oracles = this.#createOracles(members.length);
    this.#ledger = new Ledger({
      clientCount: this.#faults.operations.clientCount,
      idsOf: (block) => subject.idsOf(block),
      finalBlock: (num) => this.#oracles.finalBlock(num),
    });
    this.#network = this.#createNetwork(members.length);
    for (const [index, member] of members.entries()) this.#addNode(index, member, subject);
    const trace = this.#trace;
    const nodes = this.#nodes;
    this.#nemesis = new Nemesis(
      {
        scheduler,
        dice: diceFor(plan.seed, "nemesis"),
        marks,
        trace,
        nodes,
        network: this.#network,
        onPeersChanged: () => this.#onPeersChanged(),
      },
      this.#faults,
    );
    const view = (): View => ({
      block: this.#oracles.finalBlock(this.#oracles.finalNum) ?? subject.genesis,
      wallMicros: epochMicros + scheduler.now(),
    });
    const ledger = this.#ledger;
    this.#clients = new Clients(
      { scheduler, dice: diceFor(plan.seed, "clients"), marks, nodes, ledger, subject, view },
      this.#faults.operations,
    );
    this.#installGenesis(subject.genesis);
  }

  run(): Failure | undefined {
    try {
      for (const node of this.#nodes) this.#guarded(() => node.boot());
      this.#onPeersChanged();
      this.#nemesis.start();
      this.#clients.start();
      for (let left = this.#plan.virtualSeconds; left > 0; left -= checkSeconds) {
        this.#advance(Math.min(left, checkSeconds));
        this.#check();
      }
      return this.#settle();
    } catch (thrown) {
      return this.#failureOf(thrown);
    }
  }

  report(failure: Failure | undefined): RunReport {
    return {
      seed: this.#plan.seed,
      failure,
      digest: this.#trace.digest(),
      virtualSeconds: this.#scheduler.now() / 1e6,
      events: this.#scheduler.eventCount(),
      finalBlocks: this.#oracles.finalNum,
      acknowledged: this.#ledger.acknowledgedCount,
      marks: this.#marks,
    };
  }

  /** Liveness: the faults stop for ever, and within bounded time there is progress and agreement. */
  #settle(): Failure | undefined {
    this.#nemesis.stop();
    this.#clients.stop();
    this.#network.heal();
    this.#network.calm();
    for (const node of this.#nodes) {
      node.calm();
      if (!node.isUp) this.#guarded(() => node.boot());
    }
    this.#onPeersChanged();
    const deadline = this.#scheduler.now() / 1e6 + settleSecondsMax;
    let probe = this.#clients.probe();
    while (this.#scheduler.now() / 1e6 < deadline) {
      this.#advance(1);
      if (probe.isFinal() && this.#isSettled()) {
        this.#checkAll();
        return undefined;
      }
      if (probe.isGivenUp()) probe = this.#clients.probe();
    }
    const rule = probe.isFinal() ? "healed nodes agree" : "a healed network makes progress";
    return { kind: "liveness", rule, message: this.#describe(), atSeconds: this.#seconds() };
  }

  /** What a node that is down has executed last may not be known to be final yet: it is checked when it is back. */
  #check(): void {
    for (const { index, program, isUp } of this.#nodes) {
      if (isUp) this.#ledger.check(index, program);
    }
  }

  #checkAll(): void {
    for (const { index, program, status } of this.#nodes) {
      this.#ledger.checkAll(index, program);
      if (status?.role === "observer") reach(this.#marks, "observer-caught-up");
    }
  }

  #isSettled(): boolean {
    const finalNum = this.#oracles.finalNum;
    return this.#nodes.every((node) => node.program.executedNum() === finalNum);
  }

  #describe(): string {
    const final = `final ${this.#oracles.finalNum}`;
    const states = this.#nodes.map((node) => {
      const status = node.status;
      if (status === undefined) return `${node.index} down`;
      const { role, term, executedNum } = status;
      return `${node.index} ${role} term ${term} final ${status.finalNum} executed ${executedNum}`;
    });
    return [final, ...states].join("; ");
  }

  #advance(seconds: number): void {
    const until = this.#scheduler.now() + seconds * 1e6;
    let isOpen = true;
    while (isOpen) {
      try {
        while (this.#scheduler.runNext(until));
        isOpen = false;
      } catch (thrown) {
        if (!(thrown instanceof SimulatedCrash)) throw thrown;
      }
    }
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      if (!(thrown instanceof SimulatedCrash)) throw thrown;
    }
  }

  #failureOf(thrown: unknown): Failure {
    const atSeconds = this.#seconds();
    if (thrown instanceof SafetyViolation) {
      return { kind: "safety", rule: thrown.rule, message: thrown.message, atSeconds };
    }
    const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { kind: "broken", rule: "no invariant breaks", message, atSeconds };
  }

  #seconds(): number {
    return this.#scheduler.now() / 1e6;
  }

  #onPeersChanged(): void {
    for (const node of this.#nodes) {
      this.#scheduler.after(0, () => node.machine?.onPeersChanged(), node.owner);
    }
  }

  #createOracles(nodeCount: number): Oracles {
    const node = (index: number): SimNode => this.#node(index);
    return new Oracles({
      marks: this.#marks,
      nodeCount,
      durable: (index) => node(index).disk.durable,
      written: (index) => node(index).disk.written,
      nodeIndex: (id) => this.#indexes.get(id),
      onFinal: (block) => {
        const { newConsensus, blockNum } = block.header;
        if (newConsensus !== undefined && blockNum > 1) reach(this.#marks, "change-final");
        this.#trace.note("final", -1, block.id, () => {
          const change = newConsensus === undefined ? "" : " change";
          return `${blockNum} ${block.transactions.length} transactions${change}`;
        });
        this.#ledger.onFinal(block);
      },
    });
  }

  #createNetwork(nodeCount: number): Network<NodeMessage> {
    return new Network<NodeMessage>(
      {
        scheduler: this.#scheduler,
        dice: diceFor(this.#plan.seed, "network"),
        marks: this.#marks,
        nodeCount,
        isUp: (index) => this.#node(index).isUp,
        owner: (index) => this.#node(index).owner,
        outlivesRestart: (message) =>
          !this.#faults.network.isOrdered && isConsensusMessage(message),
        // A leader's stray appends would keep its followers waiting for ever.
        mayStray: (message) => isConsensusMessage(message) && message.kind !== "append",
        deliver: (to, from, message) => {
          const fact = factOf(message) ^ from;
          this.#trace.note(message.kind, to, fact, () => `from ${from} ${detailOf(message)}`);
          this.#node(to).receive(this.#node(from).id, message);
        },
      },
      this.#faults.network,
    );
  }

  #addNode(index: number, member: Producer, subject: Subject): void {
    this.#indexes.set(member.node, index);
    const who = { index, id: member.node, account: member.account };
    const node = new SimNode(who, subject.program(index), {
      scheduler: this.#scheduler,
      faults: this.#faults,
      diskDice: diceFor(this.#plan.seed, `disk ${index}`),
      scheduleDice: this.#scheduleDice,
      marks: this.#marks,
      trace: this.#trace,
      oracles: () => this.#oracles,
      send: (from, to, message) => this.#send(from, to, message),
      connected: (from) => this.#network.connected(from).map((to) => this.#node(to).id),
      onCrashed: (crashed) => this.#nemesis.onCrashed(crashed),
    });
    this.#nodes.push(node);
  }

  #send(from: number, to: NodeId, message: NodeMessage): boolean {
    const target = this.#indexes.get(to);
    if (target === undefined) return false;
    if (isConsensusMessage(message)) this.#oracles.onSend(from, target, message);
    return this.#network.send(from, target, message);
  }

  #installGenesis(genesis: SealedBlock): void {
    for (const node of this.#nodes) {
      this.#oracles.onDurable(node.index, { blocks: [genesis] });
      node.install(genesis);
    }
    for (const node of this.#nodes) this.#oracles.onCommit(node.index, 1);
  }

  #node(index: number): SimNode {
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }
}
