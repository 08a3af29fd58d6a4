import type { Consensus, Producer, SealedBlock } from "@kith/protocol/block";
import type { NodeId } from "@kith/protocol/ids";
import { isConsensusMessage, type NodeMessage } from "@kith/protocol/node-message";

import { Atlas } from "./atlas.ts";
import { Clients } from "./clients.ts";
import { epochMicros } from "./clock.ts";
import { diceFor, type Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import { Ledger, type Execution } from "./ledger.ts";
import type { Subject, View } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import { decidesWithout, drawFaulty, drawMembers } from "./members.ts";
import { detailOf, factOf } from "./message-detail.ts";
import { mockCrypto } from "./mock-signature.ts";
import { Nemesis } from "./nemesis.ts";
import { Network } from "./network.ts";
import { SimNode, SimulatedCrash } from "./node.ts";
import { Operator } from "./operator.ts";
import { Oracles } from "./oracles.ts";
import type { Failure, RunReport } from "./run-report.ts";
import { SafetyViolation } from "./safety-violation.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import { settle } from "./settlement.ts";
import { createTrace, type Trace } from "./trace.ts";

export type SubjectFactory = (plan: SubjectPlan) => Subject;

export type SubjectPlan = {
  readonly members: readonly Producer[];
  /** Of the members: who lies, by the node's id, and what that is drawn from. */
  readonly liars: ReadonlySet<string>;
  readonly liarDice: Dice;
  /** There may be more of them than the network stands. */
  readonly mayFork: boolean;
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
  /** Nodes that own a key and keep no rule (under BFT). */
  readonly liars?: LiarPlan;
  readonly print?: (line: string) => void;
};

/** `mayFork`: there may be so many that nothing is safe any more, and all that counts is who is found guilty. */
export type LiarPlan = { readonly count: number; readonly mayFork: boolean };

/** How often the states of all nodes are compared with what clients were told, in virtual seconds. */
const checkSeconds = 60;

/** Events in one virtual second at most, on average over what is run at once: answers to answers would grow without end. */
const eventsPerSecondMax = 20_000;

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
  readonly #operator: Operator;
  readonly #atlas: Atlas;
  /** Of the nodes: those that are there from the beginning. */
  readonly #memberCount: number;
  readonly #scheduleDice: Dice;

  constructor(plan: RunPlan) {
    const scheduler = this.#scheduler;
    const marks = this.#marks;
    this.#plan = plan;
    this.#faults = plan.faults;
    this.#trace = createTrace(() => scheduler.now(), plan.print);
    this.#scheduleDice = diceFor(plan.seed, "schedule");
    const { operations } = this.#faults;
    const memberCount = plan.producerCount + operations.observerCount;
    const members = drawMembers(memberCount + operations.mortalCount);
    const liars = drawLiars(plan, members.slice(0, memberCount));
    const subject = plan.createSubject({
      members,
      liars,
      liarDice: diceFor(plan.seed, "liars"),
      mayFork: plan.liars?.mayFork === true,
      producerCount: plan.producerCount,
      clientCount: operations.clientCount,
      invalidShare: operations.invalidShare,
      dice: diceFor(plan.seed, "workload"),
      marks,
      onExecution: (execution) => this.#ledger.onExecution(execution),
    });
    this.#oracles = this.#createOracles(members, subject);
    this.#ledger = new Ledger({
      clientCount: operations.clientCount,
      idsOf: (block) => subject.idsOf(block),
      finalBlock: (num) => this.#oracles.finalBlock(num),
    });
    this.#network = this.#createNetwork(members.length);
    const consensus = consensusOf(subject.genesis);
    const mayMiss = (faulty: ReadonlySet<string>): boolean =>
      decidesWithout(consensus, new Set([...faulty, ...liars]));
    const mortals = drawFaulty(
      diceFor(plan.seed, "mortals"),
      members.slice(0, memberCount).filter(({ node }) => !liars.has(node)),
      operations.mortalCount,
      mayMiss,
    );
    for (const member of members) {
      const isMortal = mortals.has(member.node);
      this.#addNode(member, subject, { isMortal, isLiar: liars.has(member.node) });
    }
    const nodes = this.#nodes;
    this.#atlas = new Atlas({ nodes, finalBlock: (num) => this.#oracles.finalBlock(num) });
    const common = { scheduler, marks, trace: this.#trace, nodes, network: this.#network };
    const onPeersChanged = (): void => this.#onPeersChanged();
    const nemesisDice = diceFor(plan.seed, "nemesis");
    this.#nemesis = new Nemesis({ ...common, dice: nemesisDice, onPeersChanged }, this.#faults);
    const operatorDice = diceFor(plan.seed, "operator");
    this.#operator = new Operator({ ...common, dice: operatorDice, onPeersChanged }, operations);
    const view = (): View => ({
      block: this.#oracles.finalBlock(this.#oracles.finalNum) ?? subject.genesis,
      wallMicros: epochMicros + scheduler.now(),
    });
    const mayProduce = (producers: readonly Producer[]): boolean =>
      decidesWithout({ ...consensus, producers }, new Set([...mortals, ...liars]));
    const clientPorts = { ...common, ledger: this.#ledger, subject, view, mayProduce };
    this.#clients = new Clients(
      { ...clientPorts, dice: diceFor(plan.seed, "clients") },
      operations,
    );
    this.#memberCount = memberCount;
    this.#installGenesis(subject.genesis);
  }

  run(): Failure | undefined {
    try {
      const members = this.#nodes.slice(0, this.#memberCount);
      for (const node of members) this.#guarded(() => node.activate());
      this.#onPeersChanged();
      this.#nemesis.start();
      this.#operator.start();
      this.#clients.start();
      for (let left = this.#plan.virtualSeconds; left > 0; left -= checkSeconds) {
        this.#advance(Math.min(left, checkSeconds));
        this.#check();
      }
      const failure = this.#settle();
      this.#oracles.checkGuilty();
      return failure;
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
      guilty: this.#oracles.guilty(),
      liars: new Set(this.#nodes.filter(({ isLiar }) => isLiar).map(({ id }) => id)),
    };
  }

  #settle(): Failure | undefined {
    const ports = {
      dice: diceFor(this.#plan.seed, "healing"),
      marks: this.#marks,
      nodes: this.#nodes,
      network: this.#network,
      oracles: this.#oracles,
      ledger: this.#ledger,
      clients: this.#clients,
      nemesis: this.#nemesis,
      operator: this.#operator,
      seconds: () => this.#seconds(),
      advance: (seconds: number) => this.#advance(seconds),
      boot: (node: SimNode) => this.#guarded(() => node.boot()),
      onPeersChanged: () => this.#onPeersChanged(),
    };
    return settle(ports, this.#faults.healing);
  }

  /** What a node that is down has executed last may not be known to be final yet: it is checked when it is back. */
  #check(): void {
    for (const { index, program, isUp, isLiar } of this.#nodes) {
      if (isUp && !isLiar) this.#ledger.check(index, program);
    }
  }

  #advance(seconds: number): void {
    const scheduler = this.#scheduler;
    const until = scheduler.now() + seconds * 1e6;
    const eventsMax = scheduler.eventCount() + eventsPerSecondMax * Math.max(1, seconds);
    let isOpen = true;
    while (isOpen) {
      try {
        while (scheduler.runNext(until) && scheduler.eventCount() <= eventsMax);
        isOpen = false;
      } catch (thrown) {
        if (!(thrown instanceof SimulatedCrash)) throw thrown;
      }
    }
    if (scheduler.eventCount() <= eventsMax) return;
    throw new SafetyViolation("traffic stays bounded", `${eventsMax} events`);
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

  #createOracles(members: readonly Producer[], { genesis, algorithm }: Subject): Oracles {
    const { isSigned } = mockCrypto(genesis.id, nodeIdAt(members, 0));
    const node = (index: number): SimNode => this.#node(index);
    return new Oracles({
      marks: this.#marks,
      algorithm,
      chain: genesis.id,
      isSigned,
      nodeCount: members.length,
      durable: (index) => node(index).disk.durable,
      written: (index) => node(index).disk.written,
      nodeIndex: (id) => this.#indexes.get(id),
      nodeId: (index) => nodeIdAt(members, index),
      isLiar: (index) => node(index).isLiar,
      isForgetful: (index) => node(index).isForgetful,
      isStarting: (index) => node(index).status?.role === "starting",
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

  #addNode(
    member: Producer,
    subject: Subject,
    faulty: { readonly isMortal: boolean; readonly isLiar: boolean },
  ): void {
    const index = this.#nodes.length;
    this.#indexes.set(member.node, index);
    const who = { index, id: member.node, account: member.account, ...faulty };
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
      onLost: (lost, reason) => this.#operator.onLost(lost, reason),
      mayHit: (at, place) => this.#atlas.mayHit(at, place),
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

function drawLiars(
  { seed, liars, producerCount }: RunPlan,
  members: readonly Producer[],
): ReadonlySet<string> {
  if (liars === undefined) return new Set();
  const consensus = { algorithm: "bft", producers: members.slice(0, producerCount) } as const;
  const mayMiss = (faulty: ReadonlySet<string>): boolean =>
    liars.mayFork || decidesWithout(consensus, faulty);
  return drawFaulty(diceFor(seed, "who lies"), members, liars.count, mayMiss);
}

function nodeIdAt(members: readonly Producer[], index: number): NodeId {
  const member = members[index];
  if (member === undefined) throw new Error(`there is no node ${index}`);
  return member.node;
}

function consensusOf({ header }: SealedBlock): Consensus {
  if (header.newConsensus === undefined) throw new Error("genesis says who produces");
  return header.newConsensus;
}
