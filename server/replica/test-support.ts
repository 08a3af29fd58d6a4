import type { Now } from "@kith/consensus/core/input";
import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import {
  blockIdOf,
  blockNumOf,
  brandAccountName,
  brandMethodName,
  checksumOf,
  nodeIdOf,
  termOf,
  type BlockId,
  type BlockNum,
  type Checksum,
  type NodeId,
  type Term,
} from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { Action } from "@kith/protocol/transaction";

import type {
  BlockRead,
  CertificatesPort,
  ClockPort,
  LinksPort,
  LogBatch,
  LogPort,
} from "./ports.ts";

/** What stands behind the ports in the tests of `replica` and `node`. */

export function testNode(number: number): NodeId {
  return nodeIdOf(number.toString(16).padStart(64, "0"));
}

type TestBlocks = {
  readonly after?: SealedBlock;
  readonly count: number;
  readonly term?: number;
  /** How far behind its own number each block knows the log to be final. */
  readonly commitLag?: number;
  /** The rules that they say they were made under. */
  readonly consensusState?: Checksum;
  readonly transactions?: (num: number) => readonly Uint8Array[];
};

/** Linked blocks. */
export function testBlocks({
  after,
  count,
  term = 1,
  commitLag = 1,
  consensusState = checksumOf("11".repeat(32)),
  transactions,
}: TestBlocks): SealedBlock[] {
  const blocks: SealedBlock[] = [];
  let before = after;
  for (let index = 0; index < count; index++) {
    const num = (before?.header.blockNum ?? 0) + 1;
    const draft = {
      previous: before?.id ?? blockIdOf("0".repeat(64)),
      blockNum: blockNumOf(num),
      time: num * 1_000_000,
      producer: brandAccountName("producer"),
      term: termOf(term),
      commitNum: blockNumOf(Math.max(0, num - commitLag)),
      consensusState,
      executedNum: blockNumOf(0),
      stateRoot: checksumOf("00".repeat(32)),
      eventRoot: checksumOf("00".repeat(32)),
    };
    before = sealBlock(draft, transactions?.(num) ?? [Uint8Array.of(num, term)]);
    blocks.push(before);
  }
  return blocks;
}

/** A call of `work` on `works`. */
export function testAction(sender: string, method = "work"): Action {
  const service = brandAccountName("works");
  return {
    sender: brandAccountName(sender),
    service,
    method: brandMethodName(method),
    rawData: new Uint8Array(),
  };
}

/** Time that passes only when the test says so. */
export class TestClock implements ClockPort {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  get waiting(): number {
    return this.#timers.length;
  }

  now(): Now {
    return { monotonicMs: this.#nowMs, wallMicros: this.#nowMs * 1_000 };
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Runs what is due, in order of time. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    // What ran may have let time pass, too.
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
}

type Sent = { readonly to: NodeId; readonly message: NodeMessage };

/** Links that keep what was sent; a node that is not among `nodes` cannot be reached. */
export class TestLinks implements LinksPort {
  nodes: readonly NodeId[];
  #sent: Sent[] = [];

  constructor(...nodes: readonly NodeId[]) {
    this.nodes = nodes;
  }

  send(to: NodeId, message: NodeMessage): boolean {
    if (!this.nodes.includes(to)) return false;
    this.#sent.push({ to, message });
    return true;
  }

  connected(): readonly NodeId[] {
    return this.nodes;
  }

  /** What was sent since the last call. */
  take(): readonly Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }
}

/** A log in memory whose blocks can be damaged; with `holdWrites`, nothing is durable before `sync`. */
export class TestLog implements LogPort {
  readonly blocks = new Map<BlockNum, SealedBlock>();
  /** Unreadable; the rows still say which block it was unless `idLost` names them, too. */
  readonly damaged = new Set<number>();
  readonly idLost = new Set<number>();
  holdWrites = false;
  #ballot: Ballot = { term: termOf(0) };
  #held: (() => void)[] = [];

  constructor(blocks: readonly SealedBlock[] = []) {
    for (const block of blocks) this.blocks.set(block.header.blockNum, block);
  }

  ballot(): Ballot {
    return this.#ballot;
  }

  range(): { readonly first: BlockNum; readonly last: BlockNum } | undefined {
    const nums = [...this.blocks.keys()];
    if (nums.length === 0) return undefined;
    return { first: blockNumOf(Math.min(...nums)), last: blockNumOf(Math.max(...nums)) };
  }

  readBlock(num: BlockNum): BlockRead {
    const block = this.blocks.get(num);
    if (block === undefined) return { kind: "absent" };
    return this.damaged.has(num) ? { kind: "corrupt", num } : { kind: "found", block };
  }

  blockRef(num: BlockNum): { readonly id: BlockId; readonly term: Term } | undefined {
    const block = this.blocks.get(num);
    if (block === undefined || this.idLost.has(num)) return undefined;
    return { id: block.id, term: block.header.term };
  }

  persist({ ballot, keepNum, blocks }: LogBatch, done: () => void): void {
    if (ballot !== undefined) this.#ballot = ballot;
    if (keepNum !== undefined) {
      for (const num of this.blocks.keys()) if (num > keepNum) this.blocks.delete(num);
    }
    for (const block of blocks) this.blocks.set(block.header.blockNum, block);
    this.#write(done);
  }

  repairBlock(block: SealedBlock, done: () => void): void {
    const num = block.header.blockNum;
    this.#write(() => {
      this.blocks.set(num, block);
      this.damaged.delete(num);
      this.idLost.delete(num);
      done();
    });
  }

  restartAt(block: SealedBlock, done: () => void): void {
    this.blocks.clear();
    this.blocks.set(block.header.blockNum, block);
    this.#write(done);
  }

  dropBefore(first: BlockNum): void {
    for (const num of this.blocks.keys()) if (num < first) this.blocks.delete(num);
  }

  sync(): void {
    const held = this.#held;
    this.#held = [];
    for (const done of held) done();
  }

  #write(done: () => void): void {
    this.#held.push(done);
    if (!this.holdWrites) this.sync();
  }
}

/** Proofs of finality in memory. */
export class TestCertificates implements CertificatesPort {
  /** By ascending height. */
  #kept: readonly CertifiedHeader[] = [];

  keepCertificate(certified: CertifiedHeader): void {
    const { blockNum } = certified.header;
    const others = this.#kept.filter(({ header }) => header.blockNum !== blockNum);
    const at = others.findLastIndex(({ header }) => header.blockNum < blockNum) + 1;
    this.#kept = others.toSpliced(at, 0, certified);
  }

  certificate(from: BlockNum, to: BlockNum): CertifiedHeader | undefined {
    return this.#kept.findLast(({ header }) => header.blockNum >= from && header.blockNum <= to);
  }

  certifiedChanges(after: BlockNum, countMax: number): readonly CertifiedHeader[] {
    const changes = this.#kept.filter(
      ({ header }) => header.blockNum > after && header.newConsensus !== undefined,
    );
    return changes.slice(0, countMax);
  }
}
