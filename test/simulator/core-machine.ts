import { defaultConsensusConfig, type ConsensusConfig } from "@kith/consensus/core/config";
import { startConsensus, type Restored } from "@kith/consensus/core/start";
import { nextTickMs } from "@kith/consensus/core/step";
import { startScrubbing } from "@kith/node/scrub-log";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { toHex } from "@kith/protocol/hashes";
import {
  blockNumOf,
  type BlockId,
  type BlockNum,
  type NodeId,
  type Term,
} from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import { Core, type OtherEffect } from "@kith/replica/core";
import { Repair } from "@kith/replica/repair";
import { storedBlocks } from "@kith/replica/stored-blocks";

import type { CoreState, Snapshot } from "./core-state.ts";
import type { Machine, MachinePorts, MachineStatus, Outcome } from "./machine.ts";
import { mockCrypto } from "./mock-signature.ts";

export type CoreRoom = {
  readonly tuningOf: (release: number) => Partial<ConsensusConfig>;
  /** The genesis block's id. */
  readonly chain: BlockId;
  readonly logBlocksKept: number;
  /** Snapshots on the way, by number; a message names one. */
  readonly snapshots: Snapshot[];
  readonly changeOf: (transaction: Uint8Array) => Consensus | undefined;
};

type Offer = Extract<NodeMessage, { kind: "snapshot-offer" }>;

const blockTransactionsMax = 16;

/** The consensus core in the product's own effect loop, with the least around it that a node needs. */
export class CoreMachine implements Machine {
  readonly #ports: MachinePorts;
  readonly #state: CoreState;
  readonly #room: CoreRoom;
  readonly #core: Core;
  readonly #repair: Repair;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  readonly #reads = new Map<number, (num: number | undefined) => void>();
  #queue: Uint8Array[] = [];
  #offered: readonly Uint8Array[] = [];
  #readCount = 0;
  #finalNum: number;
  #isRefused = false;
  #isInstalling = false;
  #tickDueMs = Number.POSITIVE_INFINITY;
  #stopTicking = (): void => undefined;

  constructor(ports: MachinePorts, state: CoreState, room: CoreRoom, restored: Restored) {
    this.#ports = ports;
    this.#state = state;
    this.#room = room;
    const { log, links, clock, self, randomSeed, release } = ports;
    const crypto = mockCrypto(room.chain, self);
    const tuning = room.tuningOf(release);
    const config = { ...defaultConsensusConfig, ...tuning, self, crypto, randomSeed };
    this.#finalNum = restored.commitNum;
    this.#core = new Core(startConsensus(config, restored, clock.now()), {
      log,
      links,
      clock,
      onPersist: () => undefined,
      onDurable: () => {
        this.#isRefused = false;
      },
      onEffect: (effect) => this.#onEffect(effect),
      onIdle: () => this.#onIdle(),
    });
    this.#repair = new Repair({ log, links, clock, onRepaired: () => this.#onIdle() });
    this.onPeersChanged();
    const repair = (num: BlockNum): void => this.#wantBlock(num);
    startScrubbing({ log, clock, repair, say: () => undefined });
  }

  receive(from: NodeId, message: NodeMessage): void {
    if (this.#isInstalling) return;
    switch (message.kind) {
      case "append":
      case "confirm":
      case "vote-request":
      case "vote-response":
      case "timeout-now":
      case "proposal":
      case "vote":
      case "view-change":
      case "new-view":
      case "chain-request":
      case "chain-response":
      case "read-round":
      case "read-answer":
      case "certificate":
        this.#isRefused = false;
        this.#core.feed({ kind: "message", from, message });
        return;
      case "submit":
        this.#enqueue(message.transactions);
        return;
      case "snapshot-offer":
        this.#onOffer(from, message);
        return;
      case "blocks-request":
        this.#ports.links.send(from, {
          kind: "blocks-response",
          blocks: storedBlocks(this.#ports.log, message.from, message.to),
        });
        return;
      case "blocks-response":
        this.#repair.receive(message.blocks);
        return;
      case "submit-refused":
      case "read-index-request":
      case "read-index-response":
      case "snapshot-request":
      case "snapshot-chunk":
      case "peers":
        throw new Error(`${message.kind} is not for the core`);
    }
  }

  submit(transaction: Uint8Array, done: (outcome: Outcome) => void): void {
    const id = toHex(transaction);
    const blockNum = this.#state.executedIn(id);
    if (blockNum !== undefined) return done({ kind: "final", blockNum, isExecuted: true });
    this.#waiting.set(id, done);
    const { role, leader } = this.#core.state;
    if (role === "leader") this.#enqueue([transaction]);
    else if (leader === undefined) done({ kind: "unavailable" });
    else this.#ports.links.send(leader, { kind: "submit", transactions: [transaction] });
  }

  readIndex(done: (num: number | undefined) => void): void {
    this.#readCount += 1;
    this.#reads.set(this.#readCount, done);
    this.#core.feed({ kind: "read-index", request: this.#readCount });
  }

  transfer(to: NodeId): void {
    this.#core.feed({ kind: "transfer", to });
  }

  onPeersChanged(): void {
    this.#core.feed({ kind: "observers", nodes: this.#ports.links.connected() });
  }

  status(): MachineStatus {
    const { role, term, leader } = this.#core.state;
    return { role, term, leader, finalNum: this.#finalNum, executedNum: this.#state.num };
  }

  /** As in the product: woken when the core next has something to do by itself. */
  #armTick(): void {
    const dueMs = nextTickMs(this.#core.state) ?? Number.POSITIVE_INFINITY;
    if (dueMs >= this.#tickDueMs) return;
    this.#stopTicking();
    this.#tickDueMs = dueMs;
    const { clock } = this.#ports;
    this.#stopTicking = clock.after(Math.max(1, dueMs - clock.now().monotonicMs), () => {
      this.#tickDueMs = Number.POSITIVE_INFINITY;
      this.#isRefused = false;
      if (!this.#isInstalling) this.#core.feed({ kind: "tick" });
      this.#armTick();
    });
  }

  #enqueue(transactions: readonly Uint8Array[]): void {
    this.#queue.push(...transactions);
    this.#propose();
  }

  #propose(): void {
    if (this.#core.state.role !== "leader") this.#queue = [];
    if (this.#queue.length === 0 || this.#isRefused || this.#isInstalling) return;
    const transactions = this.#queue.splice(0, blockTransactionsMax);
    this.#offered = transactions;
    const changes = transactions.map((transaction) => this.#room.changeOf(transaction));
    const newConsensus = changes.find((change) => change !== undefined);
    const executed = this.#state.applied;
    const change = newConsensus === undefined ? {} : { newConsensus };
    this.#core.feed({ kind: "propose", transactions, executed, ...change });
  }

  #onEffect(effect: OtherEffect): void {
    switch (effect.kind) {
      case "commit":
        this.#finalNum = effect.num;
        return;
      case "role":
      case "dropped":
        return;
      case "propose-refused":
        this.#isRefused = true;
        this.#queue.unshift(...this.#offered);
        return;
      case "send-stored":
        this.#sendStored(effect);
        return;
      case "send-snapshot":
        this.#offerSnapshot(effect.to, effect.term);
        return;
      case "read-ready":
        this.#answerRead(effect.request, effect.num);
        return;
      case "read-refused":
        this.#answerRead(effect.request, undefined);
        return;
      case "certificate":
      case "send-chain":
      case "evidence":
        return;
      case "broken":
        this.#ports.onBroken(effect.reason);
    }
  }

  #onIdle(): void {
    this.#execute();
    this.#propose();
    this.#armTick();
  }

  #execute(): void {
    const { log, boundary, onExecuted } = this.#ports;
    while (this.#state.num < this.#finalNum) {
      const num = blockNumOf(this.#state.num + 1);
      const read = log.readBlock(num);
      if (read.kind === "absent") throw new Error(`final block ${num} is missing`);
      if (read.kind === "corrupt") return this.#wantBlock(num);
      boundary("before");
      this.#state.execute(read.block);
      boundary("after");
      onExecuted(this.#state.applied);
      this.#acknowledge(read.block);
    }
    this.#trim();
  }

  #trim(): void {
    const { log, mayDropTo } = this.#ports;
    const range = log.range();
    const wanted = this.#state.durableNum - this.#room.logBlocksKept;
    if (range === undefined || wanted < range.first + this.#room.logBlocksKept) return;
    const first = blockNumOf(mayDropTo(wanted));
    if (first <= range.first) return;
    log.dropBefore(first);
    this.#core.feed({ kind: "log-start", first });
  }

  #wantBlock(num: BlockNum): void {
    if (this.#repair.want(num)) return;
    this.#ports.onBroken(`block ${num} is damaged and the log does not know its id`);
  }

  #acknowledge(block: SealedBlock): void {
    for (const transaction of block.transactions) {
      const id = toHex(transaction);
      const blockNum = this.#state.executedIn(id);
      const done = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (blockNum !== undefined) done?.({ kind: "final", blockNum, isExecuted: true });
    }
  }

  #answerRead(request: number, num: number | undefined): void {
    this.#reads.get(request)?.(num);
    this.#reads.delete(request);
  }

  #sendStored(effect: Extract<OtherEffect, { kind: "send-stored" }>): void {
    const { log, links } = this.#ports;
    const { to, firstNum, lastNum, term, commitNum, round } = effect;
    const blocks = storedBlocks(log, firstNum, lastNum);
    const [first] = blocks;
    if (first === undefined) {
      if (log.readBlock(firstNum).kind === "corrupt") this.#wantBlock(firstNum);
      return;
    }
    const previousNum = blockNumOf(firstNum - 1);
    const previousId = first.header.previous;
    links.send(to, { kind: "append", term, previousNum, previousId, blocks, commitNum, round });
  }

  #offerSnapshot(to: NodeId, term: Term): void {
    const { stateRoot, eventRoot } = this.#state.applied;
    const { block } = this.#state;
    const snapshotId = this.#room.snapshots.push(this.#state.snapshot()) - 1;
    const offer = { term, block, snapshotId, chunks: 0, stateRoot, eventRoot };
    this.#ports.links.send(to, { kind: "snapshot-offer", ...offer });
  }

  /** As in the product: a block that the log holds is final, and what follows it may be confirmed. */
  #onOffer(from: NodeId, { snapshotId, term, block }: Offer): void {
    const { blockNum } = block.header;
    if (from !== this.#core.state.leader || blockNum <= this.#finalNum) return;
    if (this.#core.state.log.idAt(blockNum) !== block.id) return this.#install(snapshotId);
    const place = { previousNum: blockNum, previousId: block.id, commitNum: blockNum };
    const message = { kind: "append", term, ...place, blocks: [], round: 0 } as const;
    this.#core.feed({ kind: "message", from, message });
  }

  /** First the state, then the log; nothing else happens in between. */
  #install(snapshotId: number): void {
    const snapshot = this.#room.snapshots[snapshotId];
    if (snapshot === undefined) return;
    const { log, boundary, onExecuted } = this.#ports;
    boundary("before");
    this.#state.install(snapshot);
    boundary("after");
    this.#isInstalling = true;
    const { block, point } = snapshot;
    log.restartAt(block, () => {
      this.#isInstalling = false;
      this.#finalNum = block.header.blockNum;
      onExecuted(this.#state.applied);
      this.#core.feed({ kind: "snapshot-installed", block, consensus: point });
    });
  }
}
