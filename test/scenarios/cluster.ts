import assert from "node:assert/strict";

import { defaultConsensusConfig, type ConsensusConfig } from "@kith/consensus/core/config";
import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { ConsensusInput } from "@kith/consensus/core/input";
import { step } from "@kith/consensus/core/step";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf, type NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import { createGenesis } from "../simulator/genesis.ts";
import { mockCrypto } from "../simulator/mock-signature.ts";
import { answerFromDisk } from "./disk-answers.ts";
import { Member, type Folder } from "./member.ts";
import { consensusOf, nodeIdOfName } from "./names.ts";
import { StandingRules } from "./standing-rules.ts";
import { TermRules } from "./term-rules.ts";

type Send = Extract<ConsensusEffect, { kind: "send" }>;

/** A message that left its sender and has not arrived. */
export type Letter = { readonly to: string; readonly message: ConsensusMessage };

const encoder = new TextEncoder();

export type ClusterOptions = {
  readonly producers: readonly string[];
  /** At genesis; CFT where nothing is said. */
  readonly algorithm?: Consensus["algorithm"];
  readonly config?: Partial<ConsensusConfig>;
  /** Called for each message that leaves; false keeps it (the listener sends it later with `post`). */
  readonly onSend?: (from: Member, send: Send, cause: ConsensusInput) => boolean;
};

/**
 * Some nodes in one process, with a network of queues that a test drains as it likes. Time passes on each node only
 * when the test says so. After every step it checks what must hold whatever happens.
 */
export class Cluster {
  readonly members: Map<string, Member> = new Map();
  readonly queues: Map<string, Letter[]> = new Map();
  readonly #nameOf: Map<NodeId, string> = new Map();
  readonly #cut: Set<string> = new Set();
  readonly #options: ClusterOptions;
  readonly #terms = new TermRules();
  readonly #rules = new StandingRules();
  readonly genesis: SealedBlock;
  wanted: Consensus | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.genesis = createGenesis(consensusOf(options.producers, options.algorithm));
    for (const name of options.producers) this.#create(name);
    for (const name of options.producers) this.execute(name, 1);
  }

  /** A node that knows the network, which is its first block, and nothing else. */
  add(name: string): Member {
    const member = this.#create(name);
    this.execute(name, 1);
    return member;
  }

  #create(name: string): Member {
    const config: ConsensusConfig = {
      ...defaultConsensusConfig,
      heartbeatMs: 150,
      ...this.#options.config,
      self: nodeIdOfName(name),
      crypto: mockCrypto(this.genesis.id, nodeIdOfName(name)),
      randomSeed: this.members.size + 1,
    };
    const member = new Member(config, name, [this.genesis]);
    // Clocks agree unless a test says otherwise.
    member.nowMs = Math.max(0, ...[...this.members.values()].map(({ nowMs }) => nowMs));
    this.members.set(name, member);
    this.queues.set(name, []);
    this.#nameOf.set(config.self, name);
    return member;
  }

  member(name: string): Member {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`there is no node ${name}`);
    return member;
  }

  queue(name: string): Letter[] {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new Error(`there is no node ${name}`);
    return queue;
  }

  nameOf(node: NodeId): string {
    return this.#nameOf.get(node) ?? node;
  }

  /** Time passes on one node. */
  pass(name: string, ms: number): void {
    const member = this.member(name);
    member.nowMs += ms;
    this.input(name, { kind: "tick" });
  }

  /** Time passes everywhere, in small steps, and everything is delivered. */
  run(ms: number, stepMs = 10): void {
    for (let passed = 0; passed < ms; passed += stepMs) {
      for (const name of this.members.keys()) this.pass(name, stepMs);
      this.deliverAll();
    }
  }

  /** The state of the driver, which is the same after every block. */
  execute(name: string, num: number): void {
    const wanted = this.wanted === undefined ? {} : { wanted: this.wanted };
    const roots = { stateRoot: zeroChecksum, eventRoot: zeroChecksum };
    this.input(name, { kind: "executed", executed: { num: blockNumOf(num), ...roots, ...wanted } });
  }

  /** The state of every node asks for these producers from now on. */
  want(consensus: Consensus): void {
    this.wanted = consensus;
    for (const [name, member] of this.members) this.execute(name, member.state.bft.executedNum);
  }

  /** A leader proposes what the state asks for. */
  change(name: string): void {
    const { wanted } = this;
    if (wanted === undefined) throw new Error("nobody asked for a change");
    const { executedNum } = this.member(name).state.bft;
    this.input(name, {
      kind: "propose",
      transactions: [],
      executed: {
        num: blockNumOf(executedNum),
        stateRoot: zeroChecksum,
        eventRoot: zeroChecksum,
      },
      newConsensus: wanted,
    });
  }

  propose(name: string, text: string, producers?: readonly string[]): void {
    this.input(name, {
      kind: "propose",
      transactions: text === "" ? [] : [encoder.encode(text)],
      executed: {
        num: blockNumOf(this.member(name).state.bft.executedNum),
        stateRoot: zeroChecksum,
        eventRoot: zeroChecksum,
      },
      ...(producers === undefined ? {} : { newConsensus: consensusOf(producers) }),
    });
  }

  input(name: string, input: ConsensusInput): void {
    const member = this.member(name);
    if (!member.running) return;
    const { effects } = step(member.state, input, member.now());
    this.#terms.checkLeader(member.name, member.state);
    member.effects.push(...effects);
    let writes = false;
    let executed = 0;
    for (const effect of effects) {
      if (effect.kind === "persist") {
        member.unsynced.push(effect);
        member.writes += 1;
        writes = true;
      }
      if (effect.kind === "broken") assert.fail(`node ${name} is broken: ${effect.reason}`);
      if (effect.kind === "send") this.#leave(member, effect, input);
      const message = answerFromDisk(member, effect);
      if (message !== undefined) this.#leave(member, message, input);
      if (effect.kind === "certificate") member.certificates.push(effect.certificate);
      if (effect.kind === "memory") member.isDoubtful = !effect.isWhole;
      if (effect.kind === "evidence") member.evidence.push(effect.evidence);
      if (effect.kind === "commit") this.#rules.checkFinal(member, effect.num);
      if (effect.kind === "commit") executed = effect.num;
    }
    if (writes && member.syncsAtOnce) this.sync(name);
    if (executed > 0) this.execute(name, executed);
  }

  /** The disk finishes all writes, or those up to a number. */
  sync(name: string, upTo = Number.POSITIVE_INFINITY): void {
    const member = this.member(name);
    const done = member.unsynced.filter((persist) => persist.write <= upTo);
    member.unsynced = member.unsynced.filter((persist) => persist.write > upTo);
    const last = done.at(-1);
    if (last === undefined) return;
    for (const persist of done) member.apply(persist);
    this.#rules.checkVote(member);
    const released = member.held.filter((send) => send.afterWrite <= last.write);
    member.held = member.held.filter((send) => send.afterWrite > last.write);
    for (const send of released) this.#leave(member, { ...send, afterWrite: 0 }, { kind: "tick" });
    this.input(name, { kind: "durable", write: last.write });
  }

  /** Power fails: unsynced writes and everything in memory are gone. */
  crash(name: string): void {
    const member = this.member(name);
    member.running = false;
    member.unsynced = [];
    member.held = [];
    this.queues.set(name, []);
  }

  /** `applied`: the state that the driver keeps survived too. */
  restart(name: string, kept: "applied" | "nothing-applied" = "nothing-applied"): void {
    const member = this.member(name);
    member.running = true;
    const applied = kept === "applied" ? member.state.announcedNum : 1;
    member.state = member.restored(applied);
    this.execute(name, applied);
  }

  copyOf(name: string): Folder {
    const { ballot, blocks } = this.member(name);
    return { ballot, blocks: [...blocks] };
  }

  /** The node ends, and is started in an older copy of its folder; `noticed`: by the files alone. */
  restore(name: string, folder: Folder, noticed = true): void {
    this.crash(name);
    const member = this.member(name);
    member.ballot = folder.ballot;
    member.blocks = [...folder.blocks];
    member.isDoubtful = noticed;
    this.#rules.forgetVote(name);
    this.restart(name);
  }

  post(from: string, letter: Letter): void {
    this.queue(from).push(letter);
  }

  /** Delivers one message; false when the nodes are not connected. */
  deliver(from: string, letter: Letter): boolean {
    if (this.#cut.has(`${from}>${letter.to}`)) return false;
    const id = this.member(from).config.self;
    this.input(letter.to, { kind: "message", from: id, message: letter.message });
    return true;
  }

  /** The oldest messages of one node, at most `count`. */
  deliverFrom(from: string, count = Number.POSITIVE_INFINITY): void {
    for (let done = 0; done < count; done += 1) {
      const letter = this.queue(from).shift();
      if (letter === undefined) return;
      this.deliver(from, letter);
    }
  }

  /** The oldest message from one node to another. */
  deliverOne(from: string, to: string): void {
    const queue = this.queue(from);
    const index = queue.findIndex((letter) => letter.to === to);
    const [letter] = index === -1 ? [] : queue.splice(index, 1);
    if (letter !== undefined) this.deliver(from, letter);
  }

  deliverAllOnce(): void {
    const counts = [...this.queues].map(([name, queue]) => [name, queue.length] as const);
    for (const [name, count] of counts) this.deliverFrom(name, count);
  }

  deliverAll(rounds = 100): void {
    for (let round = 0; round < rounds; round += 1) {
      this.#checkFlood();
      if ([...this.queues.values()].every((queue) => queue.length === 0)) return;
      this.deliverAllOnce();
    }
  }

  /** Answers to answers must not multiply. */
  #checkFlood(): void {
    let waiting = 0;
    for (const queue of this.queues.values()) waiting += queue.length;
    if (waiting > 20_000) throw new Error(`${waiting} messages are on their way`);
  }

  drop(from: string, to?: string): void {
    const kept = to === undefined ? [] : this.queue(from).filter((letter) => letter.to !== to);
    this.queues.set(from, kept);
  }

  /** Cuts one direction; both when `twoWay`. */
  cut(from: string, to: string, twoWay = true): void {
    this.#cut.add(`${from}>${to}`);
    if (twoWay) this.#cut.add(`${to}>${from}`);
  }

  heal(from: string, to: string): void {
    this.#cut.delete(`${from}>${to}`);
    this.#cut.delete(`${to}>${from}`);
  }

  isolate(name: string): void {
    for (const other of this.members.keys()) if (other !== name) this.cut(name, other);
  }

  healAll(): void {
    this.#cut.clear();
  }

  isConnected(from: string, to: string): boolean {
    return !this.#cut.has(`${from}>${to}`);
  }

  /** Clocks go on without anybody noticing yet. */
  age(ms: number): void {
    for (const member of this.members.values()) member.nowMs += ms;
  }

  /** This node campaigns next, and wins when it can. */
  elect(name: string): void {
    this.age(3 * this.member(name).config.electionTimeoutMsMax);
    this.pass(name, 0);
    this.deliverAll();
  }

  leader(): Member | undefined {
    const leaders = [...this.members.values()].filter(
      (member) => member.running && member.state.role === "leader",
    );
    return leaders.toSorted((a, b) => b.state.term - a.state.term)[0];
  }

  #leave(member: Member, send: Send, cause: ConsensusInput): void {
    this.#terms.checkVote(member.name, member.config.self, send.message);
    if (send.afterWrite > 0) {
      member.held.push(send);
      return;
    }
    if (this.#options.onSend?.(member, send, cause) === false) return;
    this.post(member.name, { to: this.nameOf(send.to), message: send.message });
  }
}
