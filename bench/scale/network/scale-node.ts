import type { Applied } from "@kith/chain/ports";
import { defaultConsensusConfig, type ConsensusCrypto } from "@kith/consensus/core/config";
import { startConsensus } from "@kith/consensus/core/start";
import type { ConsensusState } from "@kith/consensus/core/state";
import { nextTickMs } from "@kith/consensus/core/step";
import type { SealedBlock } from "@kith/protocol/block";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { termOf, type NodeId } from "@kith/protocol/ids";
import {
  isConsensusMessage,
  type ConsensusMessage,
  type NodeMessage,
} from "@kith/protocol/node-message";
import { Core, type OtherEffect } from "@kith/replica/core";
import { Pool, type PoolEntry } from "@kith/replica/pool";
import type { ClockPort } from "@kith/replica/ports";
import { Proposer } from "@kith/replica/proposer";

import { epochMicros } from "../../../test/simulator/clock.ts";
import type { Dice } from "../../../test/simulator/dice.ts";
import { mockCrypto } from "../../../test/simulator/mock-signature.ts";
import type { Scheduler } from "../../../test/simulator/scheduler.ts";
import { micros, type Costs, type Micros, type StepCosts, type StepInput } from "../costs/costs.ts";
import { isExpected } from "./expected-effect.ts";
import { messageBytes } from "./forms.ts";
import { KeptBlocks } from "./kept-blocks.ts";
import { Processor } from "./processor.ts";
import type { Setting } from "./setting.ts";
import { SlowDisk } from "./slow-disk.ts";

export type ScaleNodePorts = {
  readonly index: number;
  readonly self: NodeId;
  readonly genesis: SealedBlock;
  readonly setting: Setting;
  readonly costs: Costs;
  readonly steps: StepCosts;
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly send: (to: NodeId, message: ConsensusMessage, sizeBytes: number) => void;
  /** In which the block is final here, when the job that found it out is over. */
  readonly onFinal: (block: SealedBlock) => void;
  /** How long the core's step took on this machine, in microseconds. */
  readonly onStep?: (step: TimedStep) => void;
};

export type TimedStep = {
  readonly input: StepInput;
  /** Whether the core sent or wrote something. */
  readonly spoke: boolean;
  readonly takes: Micros;
};

const emptyState = { stateRoot: zeroChecksum, eventRoot: zeroChecksum };

/**
 * One producer: the product's core, its effect loop, its pool and its proposer, on a processor and a disk that take
 * time. Executing takes its time and changes nothing: every state has the same root.
 */
export class ScaleNode {
  readonly pool: Pool = new Pool();
  readonly processor: Processor;
  readonly disk: SlowDisk;
  /** How many proposals the core refused because enough is on its way. */
  refusals = 0;
  readonly #ports: ScaleNodePorts;
  readonly #core: Core;
  readonly #proposer: Proposer;
  readonly #clock: ClockPort;
  readonly #kept = new KeptBlocks();
  #applied: Applied | undefined;
  #finalNum = 1;
  #tickDueMs = Number.POSITIVE_INFINITY;
  #stopTicking = (): void => undefined;
  #isStopped = false;
  #spoke = false;

  constructor(ports: ScaleNodePorts) {
    const { scheduler, dice, setting, costs, genesis } = ports;
    this.#ports = ports;
    this.processor = new Processor(scheduler);
    this.disk = new SlowDisk({ scheduler, dice, setting, costs, processor: this.processor });
    this.#clock = this.#createClock();
    this.#kept.keep(genesis);
    this.#core = new Core(this.#start(), {
      log: {
        persist: (batch, done) => this.disk.persist(batch, () => this.#feed("durable", done)),
      },
      links: { send: (to, message) => this.#send(to, message) },
      clock: this.#clock,
      onPersist: ({ blocks }) => {
        this.#spoke = true;
        for (const block of blocks) this.#kept.keep(block);
      },
      onDurable: () => this.#proposer.onChange(),
      onEffect: (effect) => this.#onEffect(effect),
      onIdle: () => this.#onIdle(),
    });
    // Nobody wants a block that names an older state.
    const chain = {
      applied: () => this.#applied,
      appliedAt: () => undefined,
      wantedConsensus: () => undefined,
    };
    this.#proposer = new Proposer({
      chain,
      pool: this.pool,
      // Load comes from as many senders as it takes.
      work: { roomFor: () => Number.POSITIVE_INFINITY },
      clock: this.#clock,
      state: () => this.#core.state,
      propose: (input) => {
        this.processor.charge(micros(costs.seal, bytesOf(input.transactions)));
        this.#feed("propose", () => this.#core.feed(input));
      },
    });
    this.processor.post(() => this.#execute(genesis));
    this.#armTick();
  }

  get id(): NodeId {
    return this.#ports.self;
  }

  get state(): ConsensusState {
    return this.#core.state;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Dead: it hears nothing and says nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#stopTicking();
  }

  receive(from: NodeId, message: ConsensusMessage, sizeBytes: number): void {
    if (this.#isStopped) return;
    const { costs } = this.#ports;
    this.processor.post(() => {
      this.processor.charge(
        micros(costs.linkReceive, sizeBytes) + micros(costs.decode(message.kind), sizeBytes),
      );
      for (const block of blocksOf(message)) this.#checkTransactions(block);
      this.#proposer.onChange();
      this.#feed(message.kind, () => this.#core.feed({ kind: "message", from, message }));
    });
  }

  /** One message with transactions that this node has not seen: they are decoded, and their proofs are checked. */
  check(transactions: readonly Uint8Array[], done: () => void): void {
    if (this.#isStopped) return;
    const { costs } = this.#ports;
    const sizeBytes = bytesOf(transactions);
    this.processor.post(() => {
      const prepare = transactions.length * costs.transactionPrepare;
      this.processor.charge(micros(costs.linkReceive, sizeBytes) + prepare);
      this.#verify(transactions.length, costs.transactionVerify, done);
    });
  }

  /** Transactions that were checked wait for their block. */
  offer(entries: readonly PoolEntry[]): void {
    if (this.#isStopped) return;
    this.processor.post(() => {
      for (const entry of entries) this.pool.add(entry);
      this.#proposer.run();
      this.#armTick();
    });
  }

  /** Something that is not for its core, and takes it so long to send. */
  passOn(takes: Micros, send: () => void): void {
    if (this.#isStopped) return;
    this.processor.post(() => {
      this.processor.charge(takes);
      this.processor.after(send);
    });
  }

  #start(): ConsensusState {
    const { self, genesis, setting, index } = this.#ports;
    const crypto = this.#chargedCrypto();
    const config = { ...defaultConsensusConfig, ...setting.tuning, self, crypto };
    return startConsensus(
      { ...config, randomSeed: setting.seed * 1_000 + index },
      {
        ballot: { term: termOf(0) },
        blocks: [genesis],
        consensus: consensusAfter(noConsensus, genesis.header),
        commitNum: 1,
        logFirst: 1,
      },
      this.#clock.now(),
    );
  }

  #chargedCrypto(): ConsensusCrypto {
    const { costs, genesis, self } = this.#ports;
    const mock = mockCrypto(genesis.id, self);
    return {
      chain: mock.chain,
      sign: (statement) => {
        this.processor.charge(costs.sign);
        return mock.sign(statement);
      },
      isSigned: (node, statement, signature) => {
        this.processor.charge(costs.verify);
        return mock.isSigned(node, statement, signature);
      },
    };
  }

  #createClock(): ClockPort {
    const { scheduler } = this.#ports;
    return {
      now: () => ({
        monotonicMs: scheduler.now() / 1000,
        wallMicros: epochMicros + Math.floor(scheduler.now()),
      }),
      after: (delayMs, run) => {
        // Timers of the runtimes wait for whole milliseconds, and for one at least.
        const waitMicros = Math.max(1, Math.ceil(delayMs)) * 1000;
        const timer = scheduler.after(waitMicros, () => {
          if (!this.#isStopped) this.processor.post(run);
        });
        return () => {
          timer.isCancelled = true;
        };
      },
    };
  }

  #execute(block: SealedBlock): void {
    this.processor.charge(block.transactions.length * this.#ports.costs.execute);
    const { blockNum: num, time } = block.header;
    this.#applied = { ...emptyState, num, id: block.id, time };
    const executed = { ...emptyState, num };
    this.#proposer.onChange();
    this.#feed("executed", () => this.#core.feed({ kind: "executed", executed }));
  }

  /** As in the product: woken when the core next has something to do by itself. */
  #armTick(): void {
    const dueMs = nextTickMs(this.#core.state) ?? Number.POSITIVE_INFINITY;
    if (dueMs >= this.#tickDueMs || this.#isStopped) return;
    this.#stopTicking();
    this.#tickDueMs = dueMs;
    const delayMs = Math.max(1, dueMs - this.#clock.now().monotonicMs);
    this.#stopTicking = this.#clock.after(delayMs, () => {
      this.#tickDueMs = Number.POSITIVE_INFINITY;
      this.#proposer.onChange();
      this.#feed("tick", () => this.#core.feed({ kind: "tick" }));
      this.#armTick();
    });
  }

  /** One input of the core, charged by what it was and whether it had consequences. */
  #feed(input: StepInput, run: () => void): void {
    const { onStep, steps } = this.#ports;
    this.#spoke = false;
    const startMs = onStep === undefined ? 0 : performance.now();
    run();
    onStep?.({ input, spoke: this.#spoke, takes: (performance.now() - startMs) * 1000 });
    this.processor.charge(steps(input, this.#spoke));
  }

  #onEffect(effect: OtherEffect): void {
    if (!isExpected(effect)) throw new Error(`nobody asked for ${effect.kind}`);
    switch (effect.kind) {
      case "commit":
        this.#onCommit(effect.num);
        return;
      case "certificate":
        this.#kept.certificate = effect.certificate;
        return;
      case "send-chain":
        this.#answer(effect.to, this.#kept.chain(effect));
        return;
      case "send-stored":
        this.#answer(effect.to, this.#kept.append(effect));
        return;
      case "propose-refused":
        this.refusals += 1;
        this.#proposer.onRefused();
        return;
      case "dropped":
      case "role":
        return;
      case "broken":
        throw new Error(effect.reason);
    }
  }

  #onCommit(num: number): void {
    const { onFinal } = this.#ports;
    for (let at = this.#finalNum + 1; at <= num; at += 1) {
      const block = this.#kept.at(at);
      this.processor.after(() => {
        onFinal(block);
        this.processor.post(() => this.#execute(block));
      });
    }
    this.#finalNum = num;
  }

  #onIdle(): void {
    this.#proposer.run();
    this.#armTick();
  }

  #checkTransactions({ transactions }: SealedBlock): void {
    const { costs, setting } = this.#ports;
    // Where a block only names them, they were checked before.
    if (setting.spreading === "named") return;
    const each = costs.transactionPrepare + costs.transactionVerify;
    this.#verify(transactions.length, each, nothing);
  }

  /** In small portions, between which the core gets its turn. */
  #verify(count: number, each: Micros, done: () => void): void {
    this.processor.after(() => {
      for (let left = count; left > 0; left -= verifiedTogether) {
        const isLast = left <= verifiedTogether;
        const takes = Math.min(left, verifiedTogether) * each;
        this.processor.spare(takes, isLast ? done : nothing);
      }
    });
  }

  #answer(to: NodeId, message: ConsensusMessage | undefined): void {
    if (message !== undefined) this.#send(to, message);
  }

  #send(to: NodeId, message: NodeMessage): boolean {
    if (!isConsensusMessage(message)) throw new Error(`a core does not send ${message.kind}`);
    const { costs, send, setting } = this.#ports;
    this.#spoke = true;
    const known = sizes.get(message);
    const sizeBytes = known ?? messageBytes(setting, message);
    if (known === undefined) {
      sizes.set(message, sizeBytes);
      this.processor.charge(micros(costs.encode(message.kind), sizeBytes));
    }
    this.processor.charge(micros(costs.linkSend, sizeBytes));
    this.processor.after(() => {
      if (!this.#isStopped) send(to, message, sizeBytes);
    });
    return true;
  }
}

const nothing = (): void => undefined;
const verifiedTogether = 8;

function bytesOf(transactions: readonly Uint8Array[]): number {
  return transactions.reduce((sum, { length }) => sum + length, 0);
}

/** A message for several nodes is encoded once, as the links do it. */
const sizes = new WeakMap<NodeMessage, number>();

function blocksOf(message: ConsensusMessage): readonly SealedBlock[] {
  return "blocks" in message ? message.blocks : [];
}
