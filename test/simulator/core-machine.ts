import { defaultConsensusConfig, type ConsensusConfig } from "@kith/consensus/core/config";
import { startConsensus, type Restored } from "@kith/consensus/core/start";
import { nextTickMs } from "@kith/consensus/core/step";
import { startScrubbing } from "@kith/node/scrub-log";
import type { Algorithm, Consensus, SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { toHex } from "@kith/protocol/hashes";
import {
  blockNumOf,
  termOf,
  type BlockId,
  type BlockNum,
  type NodeId,
  type Term,
} from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import { Core, type OtherEffect } from "@kith/replica/core";
import { keepFrom } from "@kith/replica/keep-from";
import { LostBlock } from "@kith/replica/lost-block";
import { Repair } from "@kith/replica/repair";
import { StoredAnswers } from "@kith/replica/stored-answers";

import type { CertificateShelf } from "./certificate-shelf.ts";
import type { CoreState, Snapshot } from "./core-state.ts";
import { HeldTransactions } from "./held-transactions.ts";
import type { Machine, MachinePorts, MachineStatus, Outcome } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import { mockCrypto } from "./mock-signature.ts";

export type CoreRoom = {
  readonly algorithm: Algorithm;
  readonly tuningOf: (release: number) => Partial<ConsensusConfig>;
  /** The genesis block's id. */
  readonly chain: BlockId;
  readonly logBlocksKept: number;
  /** Snapshots on the way, by number; a message names one. */
  readonly snapshots: CertifiedSnapshot[];
  readonly marks: Marks;
  readonly changeOf: (transaction: Uint8Array) => Consensus | undefined;
  /** Whether leaders still propose what was asked for. */
  readonly mayChange: () => boolean;
};

/** Under BFT there always is a certificate. */
type CertifiedSnapshot = {
  readonly content: Snapshot;
  readonly certificate: Certificate | undefined;
};

/** What a node keeps over all incarnations beside its log. */
export type CoreDisk = { readonly state: CoreState; readonly shelf: CertificateShelf };

type Offer = Extract<NodeMessage, { kind: "snapshot-offer" }>;

const blockTransactionsMax = 16;

/** The consensus core in the product's own effect loop, with the least around it that a node needs. */
export class CoreMachine implements Machine {
  readonly #ports: MachinePorts;
  readonly #state: CoreState;
  readonly #shelf: CertificateShelf;
  readonly #room: CoreRoom;
  readonly #core: Core;
  readonly #repair: Repair;
  readonly #lost: LostBlock;
  readonly #answers: StoredAnswers;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  readonly #reads = new Map<number, (num: number | undefined) => void>();
  readonly #held = new HeldTransactions();
  #offered: readonly Uint8Array[] = [];
  #demandMs: number | undefined;
  #readCount = 0;
  #finalNum: number;
  #isRefused = false;
  #isInstalling = false;
  #tickDueMs = Number.POSITIVE_INFINITY;
  #stopTicking = (): void => undefined;

  constructor(ports: MachinePorts, kept: CoreDisk, room: CoreRoom, restored: Restored) {
    this.#ports = ports;
    this.#state = kept.state;
    this.#shelf = kept.shelf;
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
    this.#lost = new LostBlock({
      repair: this.#repair,
      links,
      clock,
      chain: { applied: () => this.#state.applied },
      state: () => this.#core.state,
      transfer: (to) => this.transfer(to),
      onLost: () => reach(room.marks, "block-lost"),
    });
    const offer = (to: NodeId): void => this.#offerSnapshot(to, termOf(this.#core.state.term));
    this.#answers = new StoredAnswers({
      log,
      certificates: this.#shelf,
      links,
      clock,
      snapshots: { offer, offerInstead: () => false },
      finalNum: () => blockNumOf(this.#core.state.announcedNum),
      isBft: () => room.algorithm === "bft",
      onDamaged: (num) => this.#wantBlock(num),
      isLost: (num) => this.#repair.isLost(num),
    });
    if (restored.base !== undefined) this.#feedExecuted();
    else this.#tellExecuted();
    this.onPeersChanged();
    const repair = (num: BlockNum): void => this.#wantBlock(num);
    startScrubbing({ log, clock, repair, say: () => undefined });
  }

  /** For those who look over its shoulder. */
  get core(): Core {
    return this.#core;
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
      case "recall":
      case "recalled":
      case "reminder":
        this.#isRefused = false;
        this.#core.feed({ kind: "message", from, message });
        return;
      case "submit":
        this.#hold(message.transactions);
        this.#propose();
        return;
      case "snapshot-offer":
        this.#onOffer(from, message);
        return;
      case "blocks-request":
        this.#answers.sendBlocks(from, message);
        return;
      case "blocks-response":
        this.#repair.receive(message.blocks);
        return;
      case "submit-refused":
      case "changes-request":
      case "changes-response":
      case "header-wanted":
      case "read-index-request":
      case "read-index-response":
      case "snapshot-wanted":
      case "snapshot-plan":
      case "manifest-request":
      case "manifest-part":
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
    if (this.#room.algorithm === "bft") this.#askEverybody(transaction);
    else if (role === "leader") this.#hold([transaction]);
    else if (leader === undefined) done({ kind: "unavailable" });
    else this.#ports.links.send(leader, { kind: "submit", transactions: [transaction] });
    this.#propose();
  }

  /** Whoever knows that something is to be ordered can tell whether the leader keeps it back. */
  #askEverybody(transaction: Uint8Array): void {
    const { links } = this.#ports;
    if (!this.#hold([transaction])) return;
    for (const node of links.connected()) {
      links.send(node, { kind: "submit", transactions: [transaction] });
    }
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
    this.#answers.onPeersChanged();
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

  /** Whether any of them is new. */
  #hold(transactions: readonly Uint8Array[]): boolean {
    const isBft = this.#room.algorithm === "bft";
    if (!isBft && this.#core.state.role !== "leader") return false;
    const { monotonicMs } = this.#ports.clock.now();
    let isNews = false;
    for (const transaction of transactions) {
      if (isBft && this.#state.executedIn(toHex(transaction)) !== undefined) continue;
      if (this.#held.add(transaction, monotonicMs)) isNews = true;
    }
    if (isBft) this.#tellDemand();
    return isNews;
  }

  #tellDemand(): void {
    const { sinceMs } = this.#held;
    if (sinceMs === this.#demandMs) return;
    this.#demandMs = sinceMs;
    this.#core.feed({ kind: "demand", sinceMs });
  }

  #propose(): void {
    if (this.#isRefused || this.#isInstalling || this.#core.state.role !== "leader") return;
    const { wanted } = this.#state;
    const transactions = this.#held.offer(blockTransactionsMax);
    const isIdle = this.#core.state.log.head.num === this.#state.num;
    const mayChange = this.#room.algorithm === "bft" && this.#room.mayChange();
    const isChanging = mayChange && wanted !== undefined && isIdle;
    if (transactions.length === 0 && !isChanging) return;
    this.#offered = transactions;
    const asked = isChanging ? wanted : this.#changeAmong(transactions);
    const executed = this.#state.applied;
    const change = asked === undefined ? {} : { newConsensus: asked };
    this.#core.feed({ kind: "propose", transactions, executed, ...change });
  }

  /** Under CFT the leader's word is enough; the state of a BFT network has to ask for a change. */
  #changeAmong(transactions: readonly Uint8Array[]): Consensus | undefined {
    if (this.#room.algorithm === "bft" || !this.#room.mayChange()) return undefined;
    const changes = transactions.map((transaction) => this.#room.changeOf(transaction));
    return changes.find((change) => change !== undefined);
  }

  #onEffect(effect: OtherEffect): void {
    switch (effect.kind) {
      case "commit":
        this.#finalNum = effect.num;
        return;
      case "role":
        this.#onRole(effect);
        return;
      case "dropped":
        return;
      case "propose-refused":
        this.#isRefused = true;
        this.#held.takeBack(this.#offered);
        return;
      case "send-stored":
        this.#answers.sendStored(effect);
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
        this.#keepCertificate(effect.certificate);
        return;
      case "send-chain":
        this.#answers.sendChain(effect);
        return;
      case "evidence":
        this.#ports.onEvidence(effect.evidence);
        return;
      case "memory":
        this.#ports.memory.note(effect.isWhole);
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
      if (read.kind === "corrupt") {
        this.#lost.watch();
        return this.#wantBlock(num);
      }
      boundary("before");
      this.#state.execute(read.block);
      boundary("after");
      onExecuted(this.#state.applied);
      this.#acknowledge(read.block);
      this.#tellExecuted();
    }
    this.#trim();
  }

  #trim(): void {
    const { log } = this.#ports;
    const range = log.range();
    const wanted = this.#state.durableNum - this.#room.logBlocksKept;
    if (range === undefined || wanted < range.first + this.#room.logBlocksKept) return;
    const first = blockNumOf(wanted);
    if (first <= range.first) return;
    log.dropBefore(first);
    this.#shelf.forgetBefore(first);
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
      this.#held.remove(id);
      if (blockNum !== undefined) done?.({ kind: "final", blockNum, isExecuted: true });
    }
  }

  #tellExecuted(): void {
    if (this.#room.algorithm === "bft") this.#feedExecuted();
  }

  #feedExecuted(): void {
    const { num, stateRoot, eventRoot } = this.#state.applied;
    const { wanted } = this.#state;
    const executed = { num, stateRoot, eventRoot, ...(wanted === undefined ? {} : { wanted }) };
    this.#core.feed({ kind: "executed", executed });
    this.#tellDemand();
  }

  #onRole({ role, leader }: Extract<OtherEffect, { kind: "role" }>): void {
    this.#held.takeAllBack();
    if (this.#room.algorithm === "bft") {
      const transactions = this.#held.all();
      if (role === "leader" || leader === undefined || transactions.length === 0) return;
      this.#ports.links.send(leader, { kind: "submit", transactions });
    } else if (role !== "leader") {
      this.#held.clear();
    }
  }

  #keepCertificate(certificate: Certificate): void {
    const read = this.#ports.log.readBlock(certificate.num);
    if (read.kind !== "found" || read.block.id !== certificate.id) return;
    this.#shelf.keepCertificate({ header: read.block.header, certificate });
  }

  #answerRead(request: number, num: number | undefined): void {
    this.#reads.get(request)?.(num);
    this.#reads.delete(request);
  }

  #offerSnapshot(to: NodeId, term: Term): void {
    const { block, num } = this.#state;
    const certificate = this.#shelf.certificate(num, num)?.certificate;
    if (this.#room.algorithm === "bft" && certificate === undefined) return;
    const snapshot = { content: this.#state.snapshot(), certificate };
    const snapshotId = this.#room.snapshots.push(snapshot) - 1;
    const offer = { term, block, snapshotId, manifestBytes: 0 };
    this.#ports.links.send(to, { kind: "snapshot-offer", ...offer });
  }

  /** As in the product: a block that the log holds is final, and what follows it may be confirmed. */
  #onOffer(from: NodeId, { snapshotId, term, block }: Offer): void {
    const { blockNum } = block.header;
    const { num: lost } = this.#lost;
    if (lost !== undefined && blockNum <= this.#finalNum) {
      return blockNum < lost ? undefined : this.#install(snapshotId);
    }
    const isLed = this.#room.algorithm === "cft";
    if (isLed && from !== this.#core.state.leader) return;
    if (blockNum <= this.#finalNum) return;
    if (this.#core.state.log.idAt(blockNum) !== block.id) return this.#install(snapshotId);
    const place = { previousNum: blockNum, previousId: block.id, commitNum: blockNum };
    const message = { kind: "append", term, ...place, blocks: [], round: 0 } as const;
    this.#core.feed({ kind: "message", from, message });
  }

  /** First the state, then the log; nothing else happens in between. */
  #install(snapshotId: number): void {
    const snapshot = this.#room.snapshots[snapshotId];
    if (snapshot === undefined) return;
    const { content, certificate } = snapshot;
    const { log, boundary, onExecuted } = this.#ports;
    boundary("before");
    this.#state.install(content);
    if (certificate !== undefined) {
      this.#shelf.keepCertificate({ header: content.block.header, certificate });
    }
    boundary("after");
    this.#isInstalling = true;
    const { block, point: consensus } = content;
    const proof = certificate === undefined ? {} : { certificate };
    if (block.header.blockNum <= this.#finalNum) {
      return keepFrom(log, block, () => {
        this.#isInstalling = false;
        onExecuted(this.#state.applied);
        this.#core.feed({ kind: "log-start", first: block.header.blockNum });
        this.#tellExecuted();
      });
    }
    log.restartAt(block, () => {
      this.#isInstalling = false;
      this.#finalNum = block.header.blockNum;
      onExecuted(this.#state.applied);
      this.#core.feed({ kind: "snapshot-installed", block, consensus, ...proof });
      this.#tellExecuted();
    });
  }
}
