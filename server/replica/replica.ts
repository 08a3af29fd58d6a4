import type { BlockResult } from "@kith/chain/apply-block";
import type { Chain } from "@kith/chain/chain";
import { isBft } from "@kith/consensus/bft/rules";
import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { ConsensusInput } from "@kith/consensus/core/input";
import type { ConsensusState } from "@kith/consensus/core/state";
import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import type { Evidence } from "@kith/protocol/evidence";
import { blockNumOf, termOf, type BlockNum, type NodeId, type Term } from "@kith/protocol/ids";
import { isConsensusMessage, type NodeMessage } from "@kith/protocol/node-message";

import type { ChangeProofs } from "./change-proofs.ts";
import { CoreTimer } from "./core-timer.ts";
import { Core, type OtherEffect, type PersistEffect } from "./core.ts";
import { Demand } from "./demand.ts";
import { ExecutedStates } from "./executed-states.ts";
import { Executor, type ExecutedBlock } from "./executor.ts";
import { FinalBlocks } from "./final-blocks.ts";
import { handOver } from "./hand-over.ts";
import { LostBlock } from "./lost-block.ts";
import { openProofs } from "./open-proofs.ts";
import type { OnOutcome, TryOutcome } from "./outcome.ts";
import { PeerAllowance } from "./peer-allowance.ts";
import { Pool } from "./pool.ts";
import type {
  CertificatesPort,
  ClockPort,
  CompleteSnapshot,
  LinksPort,
  LogPort,
  SnapshotsPort,
  VerifierPort,
} from "./ports.ts";
import type { Proofs } from "./proofs.ts";
import { Proposer } from "./proposer.ts";
import { ReadIndex } from "./read-index.ts";
import { Repair } from "./repair.ts";
import { coreStatus, type ReplicaStatus } from "./replica-status.ts";
import { SenderWork } from "./sender-work.ts";
import { SnapshotExchange, type Installed } from "./snapshot-exchange.ts";
import { StoredAnswers } from "./stored-answers.ts";
import { Submissions } from "./submissions.ts";
import { Verdicts } from "./verdicts.ts";

export type ReplicaPorts = {
  readonly log: LogPort;
  readonly certificates: CertificatesPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly verifier: VerifierPort;
  readonly chain: Chain;
  /** The header of the network's first block. */
  readonly genesis: BlockHeader;
  readonly snapshots: SnapshotsPort;
  readonly onExecuted: (block: SealedBlock, result: BlockResult) => void;
  readonly onRole: (effect: Extract<ConsensusEffect, { kind: "role" }>) => void;
  /** A producer was caught: to be kept, and shown. */
  readonly onEvidence: (evidence: Evidence) => void;
  /** This node may have said, as a producer, what it does not know of: that has to survive a restart, until it is `whole` again. */
  readonly onMemory: (isWhole: boolean) => void;
  /** The next block to execute is damaged, and nobody has a copy; the state behind it is asked for. */
  readonly onLost: (num: BlockNum) => void;
  /** The node cannot go on without harm; it has to stop and say so. */
  readonly onBroken: (reason: string) => void;
};

/** The driver of one node: clock, disk, links and clients in; the core's effects out; final blocks executed. */
export class Replica {
  readonly #ports: ReplicaPorts;
  readonly #core: Core;
  readonly #pool = new Pool();
  readonly #work = new SenderWork();
  readonly #executor: Executor;
  readonly #proposer: Proposer;
  readonly #submissions: Submissions;
  readonly #demand: Demand;
  readonly #readIndex: ReadIndex;
  readonly #repair: Repair;
  readonly #lost: LostBlock;
  readonly #proofs: Proofs;
  readonly #changes: ChangeProofs;
  readonly #snapshots: SnapshotExchange;
  readonly #answers: StoredAnswers;
  readonly #allowance: PeerAllowance;
  readonly #final: FinalBlocks;
  readonly #states: ExecutedStates;
  readonly #timer: CoreTimer;
  #roleChanged = false;
  #started = false;

  constructor(restored: ConsensusState, ports: ReplicaPorts) {
    const { chain, clock, links, log } = ports;
    const verdicts = new Verdicts(ports.verifier);
    this.#ports = ports;
    this.#final = this.#openFinal(blockNumOf(restored.announcedNum));
    this.#states = new ExecutedStates({ chain, tell: (input) => this.#feed(input) });
    this.#timer = new CoreTimer({
      clock,
      state: () => this.#core.state,
      tick: () => this.#feed({ kind: "tick" }),
    });
    this.#allowance = new PeerAllowance(clock);
    this.#core = new Core(restored, {
      log,
      links,
      clock,
      onPersist: (effect) => this.#onPersist(effect),
      onEffect: (effect) => this.#onEffect(effect),
      onDurable: () => this.#proposer.onChange(),
      onIdle: () => this.#onIdle(),
    });
    this.#executor = new Executor({
      chain,
      verdicts,
      clock,
      finalBlock: (num) => this.#final.at(num),
      onExecuted: (executed) => this.#onExecuted(executed),
    });
    this.#proposer = new Proposer({
      chain,
      pool: this.#pool,
      work: this.#work,
      clock,
      state: () => this.#core.state,
      propose: (input) => {
        if (!this.#snapshots.installing) this.#core.feed(input);
      },
    });
    this.#demand = this.#openDemand();
    this.#submissions = this.#openSubmissions(verdicts);
    this.#readIndex = new ReadIndex({
      clock,
      links,
      leader: () => this.#leader(),
      asksItself: () => isBft(this.#core.state),
      ask: (request) => this.#feed({ kind: "read-index", request }),
    });
    this.#repair = new Repair({ log, links, clock, onRepaired: () => this.#executor.run() });
    this.#lost = new LostBlock({
      ...ports,
      repair: this.#repair,
      state: () => this.#core.state,
      transfer: (to) => this.transferLeadership(to),
    });
    const { proofs, changes } = openProofs(ports, {
      state: () => this.#core.state,
      finalNum: () => this.#final.num,
      certify: () => this.#feed({ kind: "certify" }),
    });
    this.#proofs = proofs;
    this.#changes = changes;
    this.#snapshots = this.#openSnapshots();
    this.#answers = this.#openAnswers();
  }

  get state(): ConsensusState {
    return this.#core.state;
  }

  /** A stored block was found damaged: other nodes are asked for copies of it. */
  repairBlock(num: BlockNum): void {
    if (this.#repair.want(num)) return;
    this.#ports.onBroken(`block ${num} is damaged and the log does not know its id`);
  }

  start(): void {
    this.#started = true;
    this.#states.tellBefore();
    this.#states.tellNewest();
    this.#executor.advance(this.#final.num);
    this.#snapshots.start();
    this.#timer.arm();
  }

  stop(): void {
    this.#started = false;
    this.#timer.stop();
    for (const entry of this.#pool.entries()) {
      const { id } = entry.prepared;
      this.#pool.settle(id, { kind: "unavailable", reason: "stopping", id });
    }
  }

  /** Hands over a transaction; `done` is called once, when it is refused or executed, or when the wait is over. */
  submit(bytes: Uint8Array, done: OnOutcome): void {
    this.#submissions.submit(bytes, done);
  }

  /** Answers at once with what the transaction would do now, and passes it on when that is no failure. */
  tryOut(bytes: Uint8Array, done: (outcome: TryOutcome) => void): void {
    this.#submissions.tryOut(bytes, done);
  }

  /** The height that a linearizable read has to wait for; undefined when no leader answers. */
  readIndex(done: (num: BlockNum | undefined) => void): void {
    this.#readIndex.request(done);
  }

  /** Waits, but not for ever, until this node can prove that block `num` is final. */
  prove(num: BlockNum, done: (isProved: boolean) => void): void {
    this.#proofs.prove(num, done);
  }

  /** Somebody wants a header that says what is true after block `num`: there will be one soon. */
  wantHeader(num: BlockNum): void {
    const { self, node } = this.#leader();
    if (self) this.#proposer.wantHeader(num);
    else if (node !== undefined) this.#ports.links.send(node, { kind: "header-wanted", num });
  }

  /** A snapshot of about now; undefined when none could be made. Blocks go on meanwhile. */
  makeSnapshot(done: (complete: CompleteSnapshot | undefined) => void): void {
    this.#snapshots.make(done);
  }

  transferLeadership(to: NodeId): void {
    this.#feed({ kind: "transfer", to });
  }

  /** A leader that is about to stop lets a connected producer take over; ends when it has, or after `msMax`. */
  handOver(msMax: number): Promise<void> {
    const { links, clock } = this.#ports;
    const transfer = (to: NodeId): void => this.transferLeadership(to);
    return handOver({ links, clock, state: () => this.#core.state, transfer }, msMax);
  }

  /** Blocks below this height leave the log; whoever still needs them gets a snapshot, and then what comes behind that. */
  dropBefore(num: number): void {
    const range = this.#ports.log.range();
    const wanted = Math.min(num, this.#snapshots.keepFrom ?? num);
    if (range === undefined || wanted <= range.first || wanted > this.#final.num) return;
    const first = blockNumOf(wanted);
    this.#ports.log.dropBefore(first);
    this.#feed({ kind: "log-start", first });
  }

  status(): ReplicaStatus {
    return {
      ...coreStatus(this.#core.state),
      finalNum: this.#final.num,
      waiting: this.#pool.size,
      repairing: this.#repair.wanted,
      lost: this.#lost.num,
    };
  }

  /** The set of connected nodes changed: those that are not producers follow as observers. */
  onPeersChanged(): void {
    this.#snapshots.onPeersChanged();
    this.#answers.onPeersChanged();
    this.#feed({ kind: "observers", nodes: this.#ports.links.connected() });
    this.#changes.look();
  }

  receive(from: NodeId, message: NodeMessage): void {
    if (!this.#allowance.takes(from, message)) return;
    if (isConsensusMessage(message)) {
      this.#feed({ kind: "message", from, message });
      return;
    }
    switch (message.kind) {
      case "submit":
        this.#submissions.receive(from, message.transactions);
        return;
      case "submit-refused":
        if (from === this.#core.state.leader) this.#submissions.onRefused(message);
        return;
      case "read-index-request":
        this.#readIndex.requestFor(from, message.request);
        return;
      case "read-index-response":
        this.#readIndex.receive(from, message);
        return;
      case "blocks-request":
        this.#answers.sendBlocks(from, message);
        return;
      case "blocks-response":
        this.#repair.receive(message.blocks);
        return;
      case "changes-request":
        this.#changes.requestFor(from, message.after);
        return;
      case "changes-response":
        this.#changes.receive(message.changes);
        return;
      case "header-wanted":
        this.#proposer.wantHeader(message.num);
        return;
      case "snapshot-wanted":
      case "snapshot-plan":
      case "snapshot-offer":
      case "manifest-request":
      case "manifest-part":
      case "snapshot-request":
      case "snapshot-chunk":
        this.#snapshots.receive(from, message);
        return;
      case "peers":
        // Transport answers peer exchange itself.
        return;
    }
  }

  #openFinal(finalNum: BlockNum): FinalBlocks {
    const { log, onBroken } = this.#ports;
    return new FinalBlocks({
      log,
      finalNum,
      onDamaged: (num) => {
        this.repairBlock(num);
        this.#lost.watch();
      },
      onMissing: (num) => onBroken(`final block ${num} is missing from the log`),
    });
  }

  #openAnswers(): StoredAnswers {
    return new StoredAnswers({
      ...this.#ports,
      snapshots: this.#snapshots,
      finalNum: () => this.#final.num,
      isBft: () => isBft(this.#core.state),
      onDamaged: (num) => this.repairBlock(num),
      isLost: (num) => this.#repair.isLost(num),
    });
  }

  #openDemand(): Demand {
    const { chain, clock } = this.#ports;
    return new Demand({
      chain,
      pool: this.#pool,
      work: this.#work,
      clock,
      isWatched: () => isBft(this.#core.state),
      tell: (sinceMs) => this.#feed({ kind: "demand", sinceMs }),
    });
  }

  #openSubmissions(verdicts: Verdicts): Submissions {
    const { chain, clock, links } = this.#ports;
    return new Submissions({
      chain,
      pool: this.#pool,
      work: this.#work,
      verdicts,
      links,
      clock,
      leader: () => this.#leader(),
      watchmen: () => this.#watchmen(),
      onQueued: () => this.#proposer.run(),
      onWaiting: () => this.#demand.watch(),
      onPrepared: (prepared) => this.#executor.remember(prepared.bytes, prepared),
    });
  }

  #openSnapshots(): SnapshotExchange {
    return new SnapshotExchange({
      ...this.#ports,
      isSigned: this.#core.state.config.crypto.isSigned,
      applied: () => this.#ports.chain.applied(),
      leader: () => this.#leader(),
      term: () => termOf(this.#core.state.term),
      headNum: () => this.#core.state.log.head.num,
      nameState: (num) => this.#proposer.nameState(num),
      prove: (num, done) => this.#proofs.prove(num, done),
      trusted: () => this.#changes.checkpoint,
      neededAfter: () => this.#lost.neededAfter,
      holds: ({ id, header: { blockNum } }) =>
        !this.#lost.hides(blockNum) && this.#core.state.log.idAt(blockNum) === id,
      isFinal: (num) => num <= this.#final.num,
      onHeld: (from, term, block) => this.#onFinalHeld(from, term, block),
      needsCertificate: () => isBft(this.#core.state),
      onInstalled: (installed) => this.#onSnapshot(installed),
    });
  }

  #feed(input: ConsensusInput): void {
    if (this.#snapshots.installing) return;
    this.#proposer.onChange();
    this.#core.feed(input);
  }

  #onPersist(effect: PersistEffect): void {
    this.#final.note(effect);
    for (const block of effect.blocks) this.#executor.foresee(block);
  }

  #onEffect(effect: OtherEffect): void {
    switch (effect.kind) {
      case "commit":
        this.#final.commit(effect.num);
        return;
      case "role":
        this.#ports.onRole(effect);
        this.#roleChanged = true;
        return;
      case "dropped":
        for (const block of effect.blocks) this.#submissions.onDropped(block);
        return;
      case "send-stored":
        this.#answers.sendStored(effect);
        return;
      case "send-snapshot":
        this.#snapshots.offer(effect.to);
        return;
      case "read-ready":
        this.#readIndex.answer(effect.request, effect.num);
        return;
      case "read-refused":
        this.#readIndex.answer(effect.request, undefined);
        return;
      case "propose-refused":
        this.#proposer.onRefused();
        return;
      case "certificate":
        this.#proofs.keep(effect.certificate);
        return;
      case "send-chain":
        this.#answers.sendChain(effect);
        return;
      case "evidence":
        this.#ports.onEvidence(effect.evidence);
        return;
      case "memory":
        this.#ports.onMemory(effect.isWhole);
        return;
      case "broken":
        this.#ports.onBroken(effect.reason);
    }
  }

  /** The next block leaves before the last one is executed: ordering never waits for execution. */
  #onIdle(): void {
    if (this.#roleChanged) {
      this.#roleChanged = false;
      this.#submissions.restart();
    }
    this.#proposer.run();
    this.#executor.advance(this.#final.num);
    if (this.#started) this.#timer.arm();
  }

  #leader(): { self: boolean; node: NodeId | undefined } {
    const { role, leader } = this.#core.state;
    return { self: role === "leader", node: leader };
  }

  /** Under BFT all producers watch the one that leads. */
  #watchmen(): readonly NodeId[] {
    const { state } = this.#core;
    return isBft(state) ? state.voters.nodes.filter((node) => node !== state.config.self) : [];
  }

  #onExecuted({ block, result, transactions, tookMs }: ExecutedBlock): void {
    const { monotonicMs } = this.#ports.clock.now();
    this.#work.executed(result.work, tookMs, monotonicMs);
    this.#final.onExecuted(block.header.blockNum);
    for (const prepared of transactions) this.#pool.noteExecuted(prepared, monotonicMs);
    for (const receipt of result.receipts) {
      this.#pool.settle(receipt.transactionId, { kind: "final", receipt });
    }
    this.#snapshots.onExecuted(block.header);
    this.#ports.onExecuted(block, result);
    this.#states.tellNewest();
    this.#changes.look();
  }

  /** A leader that offers a snapshot says what an empty append behind its block would say. */
  #onFinalHeld(from: NodeId, term: Term, { id, header }: SealedBlock): void {
    // Under BFT nobody is believed that a block is final, and everybody asks for the proof.
    if (from !== this.#core.state.leader || isBft(this.#core.state)) return;
    const { blockNum } = header;
    const place = { previousNum: blockNum, previousId: id, commitNum: blockNum };
    const message = { kind: "append", term, ...place, blocks: [], round: 0 } as const;
    this.#feed({ kind: "message", from, message });
  }

  #onSnapshot(installed: Installed): void {
    const { blockNum } = installed.block.header;
    this.#final.onSnapshot(blockNum);
    this.#submissions.onSnapshot();
    if (installed.isLogKept) this.#feed({ kind: "log-start", first: blockNum });
    else this.#feed({ kind: "snapshot-installed", ...installed });
    this.#states.tellNewest();
    this.onPeersChanged();
    this.#executor.advance(this.#final.num);
  }
}
