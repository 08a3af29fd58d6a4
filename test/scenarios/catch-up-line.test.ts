import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import { StoredAnswers } from "@kith/replica/stored-answers";
import { TestCertificates, TestClock, TestLinks, TestLog } from "@kith/replica/test-support";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

const term = 3;
const blockBytes = 64 * 1024;
const blockCount = 320;
const certifiedEvery = 4;
const diskMs = 5;

type Line = { readonly oneWayMs: number; readonly bytesPerMs: number };

/** A node that has the blocks, and a line from it, which is as fast as it is. */
type Source = {
  readonly name: string;
  readonly answers: StoredAnswers;
  readonly links: TestLinks;
  freeAtMs: number;
  sentBytes: number;
};

type Arrival = { readonly atMs: number; readonly run: () => void };

/** `a` has the genesis block, and the others a long chain, of which they tell it. */
class Catching {
  readonly puppets = new Puppets();
  readonly blocks: SealedBlock[] = [];
  readonly sources: Source[];
  readonly #line: Line;
  readonly #log: TestLog;
  readonly #certificates = new TestCertificates();
  readonly #clock = new TestClock();
  #arrivals: Arrival[] = [];
  nowMs = 0;

  constructor(line: Line, silent: readonly string[] = []) {
    this.#line = line;
    this.#make();
    this.#log = new TestLog([this.puppets.genesis, ...this.blocks]);
    this.sources = ["b", "c", "d"]
      .filter((name) => !silent.includes(name))
      .map((name) => this.#source(name));
  }

  #make(): void {
    const { puppets, blocks } = this;
    const filling = new Uint8Array(blockBytes);
    let parent = puppets.genesis;
    for (let at = 1; at <= blockCount; at += 1) {
      parent = puppets.block(parent, term, {}, [filling]);
      blocks.push(parent);
      if (at % certifiedEvery !== 0) continue;
      const certificate = puppets.certificate("committed", parent, term);
      this.#certificates.keepCertificate({ header: parent.header, certificate });
    }
  }

  #source(name: string): Source {
    const links = new TestLinks(this.#self);
    const answers = new StoredAnswers({
      log: this.#log,
      certificates: this.#certificates,
      links,
      clock: this.#clock,
      snapshots: { offer: () => undefined, offerInstead: () => false },
      finalNum: () => blockNumOf(blockCount + 1),
      isBft: () => true,
      onDamaged: () => assert.fail("nothing is damaged"),
      isLost: () => false,
    });
    return { name, answers, links, freeAtMs: 0, sentBytes: 0 };
  }

  silence(name: string): void {
    const at = this.sources.findIndex((source) => source.name === name);
    this.sources.splice(at, 1);
  }

  get #self(): NodeId {
    return this.puppets.a.config.self;
  }

  get sentBytes(): number {
    return this.sources.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  }

  get isDone(): boolean {
    return this.puppets.a.state.announcedNum === blockCount + 1;
  }

  /** Until `a` has everything on its disk; all lines together are as fast as the one of `a`. */
  run(maxMs: number): void {
    const { puppets } = this;
    puppets.a.syncsAtOnce = false;
    while (!this.isDone && this.nowMs < maxMs) {
      this.nowMs += 1;
      this.#clock.advance(1);
      if (this.nowMs % 25 === 1) this.#tellWhatIsFinal();
      puppets.cluster.pass("a", 1);
      this.#sync();
      this.#deliver();
      this.#ask();
    }
  }

  /** As in every vote and heartbeat of a network that goes on. */
  #tellWhatIsFinal(): void {
    const tip = this.blocks.at(-1) ?? assert.fail("there are blocks");
    for (const name of ["b", "c", "d"]) {
      const vote = this.puppets.vote(name, term, { prepared: placeOfBlock(tip) });
      this.puppets.tell(name, { kind: "vote", vote, commitNum: blockNumOf(blockCount + 1) });
    }
  }

  #sync(): void {
    const { a, cluster } = this.puppets;
    const write = a.unsynced.at(-1)?.write;
    if (write !== undefined && this.nowMs % diskMs === 0) cluster.sync("a", write);
  }

  #deliver(): void {
    const due = this.#arrivals.filter(({ atMs }) => atMs <= this.nowMs);
    this.#arrivals = this.#arrivals.filter(({ atMs }) => atMs > this.nowMs);
    for (const { run } of due) run();
  }

  #ask(): void {
    for (const source of this.sources) {
      const letters = this.puppets.cluster.queue("a");
      for (const { message } of letters.filter(({ to }) => to === source.name)) {
        if (message.kind !== "chain-request") continue;
        this.#after(this.#line.oneWayMs, () => this.#answer(source, message));
      }
    }
    this.puppets.cluster.queue("a").length = 0;
  }

  #answer(source: Source, { final }: Extract<ConsensusMessage, { kind: "chain-request" }>): void {
    source.answers.sendChain({ kind: "send-chain", to: this.#self, after: final });
    for (const { message } of source.links.take()) {
      if (message.kind !== "chain-response") continue;
      const bytes = message.blocks.reduce((sum, block) => sum + block.bytes.length, 0);
      source.sentBytes += bytes;
      // One line of `a`, whoever sends.
      const freeAtMs = Math.max(this.nowMs, ...this.sources.map((each) => each.freeAtMs));
      source.freeAtMs = freeAtMs + bytes / this.#line.bytesPerMs;
      this.#after(source.freeAtMs + this.#line.oneWayMs - this.nowMs, () => {
        this.puppets.tell(source.name, message);
      });
    }
  }

  #after(ms: number, run: () => void): void {
    this.#arrivals.push({ atMs: this.nowMs + ms, run });
  }
}

const bytesInAll = blockBytes * blockCount;

for (const [title, line] of [
  ["1 Gbit/s, 1 ms away", { bytesPerMs: 125_000, oneWayMs: 1 }],
  ["1 Gbit/s, 25 ms away", { bytesPerMs: 125_000, oneWayMs: 25 }],
  ["100 Mbit/s, 75 ms away", { bytesPerMs: 12_500, oneWayMs: 75 }],
  ["10 Mbit/s, 25 ms away", { bytesPerMs: 1_250, oneWayMs: 25 }],
  ["2 Mbit/s, 25 ms away", { bytesPerMs: 250, oneWayMs: 25 }],
] as const) {
  test(`who was away fills its line, and gets nothing twice: ${title}`, () => {
    const catching = new Catching(line);
    const leastMs = bytesInAll / line.bytesPerMs;
    catching.run(10 * leastMs + 10_000);
    const { nowMs, sentBytes } = catching;
    console.log(
      `${Math.round(nowMs)} ms of at least ${Math.round(leastMs)}, ${(sentBytes / bytesInAll).toFixed(2)} times the bytes`,
    );
    assert.ok(catching.isDone);
    assert.ok(sentBytes < bytesInAll * 1.3, `${sentBytes / bytesInAll} times`);
    assert.ok(nowMs < leastMs * 1.3 + 1_000, `${nowMs} of ${leastMs} ms`);
  });
}

for (const silent of [["b"], ["b", "c"]]) {
  test(`nodes that say they have more and send nothing cost little time: ${silent.join(" and ")}`, () => {
    const line = { bytesPerMs: 12_500, oneWayMs: 25 };
    const catching = new Catching(line, silent);
    const leastMs = bytesInAll / line.bytesPerMs;
    catching.run(10 * leastMs);
    assert.ok(catching.isDone);
    assert.ok(catching.sentBytes < bytesInAll * 1.1, `${catching.sentBytes / bytesInAll} times`);
    assert.ok(catching.nowMs < leastMs * 1.2 + 1_500, `${catching.nowMs} of ${leastMs} ms`);
  });
}

test("a node whose supplier falls silent in the middle goes on with another", () => {
  const line = { bytesPerMs: 12_500, oneWayMs: 25 };
  const catching = new Catching(line);
  const leastMs = bytesInAll / line.bytesPerMs;
  catching.run(leastMs / 2);
  assert.ok(!catching.isDone);
  const [most] = catching.sources.toSorted((a, b) => b.sentBytes - a.sentBytes);
  catching.silence(most?.name ?? "");
  catching.run(10 * leastMs);
  assert.ok(catching.isDone);
  assert.ok(catching.nowMs < leastMs * 1.6 + 1_500, `${catching.nowMs} of ${leastMs} ms`);
});
