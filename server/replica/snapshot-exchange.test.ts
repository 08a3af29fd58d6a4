import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chain } from "@kith/chain/chain";
import type { Applied } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import { noConsensus, type ConsensusPoint } from "@kith/protocol/consensus-point";
import { checksumOf, termOf, type NodeId } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";

import {
  requestAgainMs,
  snapshotChunksInFlight,
  snapshotChunksMax,
  snapshotIdleMs,
} from "./limits.ts";
import { SnapshotExchange } from "./snapshot-exchange.ts";
import { testBlocks, TestClock, TestLinks, TestLog, testNode } from "./test-support.ts";

const [self, anna, ben] = [testNode(0), testNode(1), testNode(2)];
const root = checksumOf("ab".repeat(32));
const blocks = testBlocks({ count: 30 });
const chunksOf = (name: string, count = 10): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => new TextEncoder().encode(`${name} ${at}`));

function blockAt(num: number): SealedBlock {
  const block = blocks[num - 1];
  assert.ok(block !== undefined);
  return block;
}

type Installed = { readonly applied: Applied; readonly chunks: readonly Uint8Array[] };

/** A chain that takes a snapshot when each chunk begins with the name of its snapshot. */
function fakeChain(installs: Installed[]) {
  return {
    applied: undefined as Applied | undefined,
    exported: chunksOf("whole"),
    exports: 0,
    point: noConsensus as ConsensusPoint | undefined,
    exportSnapshot() {
      this.exports++;
      return this.applied && { applied: this.applied, chunks: this.exported };
    },
    installSnapshot(applied: Applied, chunks: Iterable<Uint8Array>) {
      const taken = [...chunks];
      if (taken.some((chunk) => !new TextDecoder().decode(chunk).startsWith("whole"))) {
        return err({ code: "snapshot-root-differs", expected: root, computed: "00" });
      }
      installs.push({ applied, chunks: taken });
      return ok(applied);
    },
    consensusPoint() {
      return this.point;
    },
  };
}

function openExchange() {
  const clock = new TestClock();
  const links = new TestLinks(anna, ben);
  const log = new TestLog(blocks.slice(0, 3));
  const installs: Installed[] = [];
  const chain = fakeChain(installs);
  const installed: SealedBlock[] = [];
  const broken: string[] = [];
  const flushes: (() => void)[] = [];
  const held: string[] = [];
  const facts = {
    leader: anna as NodeId | undefined,
    finalNum: 3,
    headNum: 3,
    holdFlush: false,
  };
  const exchange = new SnapshotExchange({
    chain: chain as unknown as Chain,
    log,
    links,
    clock,
    leader: () => facts.leader,
    finalNum: () => facts.finalNum,
    holds: (block) => block.header.blockNum <= facts.headNum,
    onHeld: (_, { block }) => held.push(block.id),
    onInstalled: (block) => installed.push(block),
    flushState: (done) => (facts.holdFlush ? flushes.push(done) : done()),
    onBroken: (reason) => broken.push(reason),
  });
  const offer = (num: number, change: { id?: number; chunks?: number; from?: NodeId } = {}) => {
    const { id = 1, chunks = 10, from = anna } = change;
    exchange.receive(from, {
      kind: "snapshot-offer",
      term: termOf(1),
      block: blockAt(num),
      stateRoot: root,
      eventRoot: root,
      snapshotId: id,
      chunks,
    });
  };
  /** Sends the chunks that were asked for, until nothing more is asked. */
  const serve = (name = "whole", { count = 10, turns = Number.POSITIVE_INFINITY } = {}): void => {
    const chunks = chunksOf(name, count);
    for (let turn = 0; turn < turns; turn++) {
      const requests = links.take();
      if (requests.length === 0) return;
      for (const { to, message } of requests) {
        assert.equal(message.kind, "snapshot-request");
        const { snapshotId, chunk } = message;
        const data = chunks[chunk] ?? new Uint8Array();
        exchange.receive(to, { kind: "snapshot-chunk", snapshotId, chunk, data });
      }
    }
  };
  const asked = (): number[] =>
    links.take().map(({ message }) => {
      assert.equal(message.kind, "snapshot-request");
      return message.chunk;
    });
  return {
    exchange,
    clock,
    links,
    log,
    chain,
    facts,
    installs,
    installed,
    held,
    broken,
    flushes,
    offer,
    serve,
    asked,
  };
}

test("a snapshot of a block that the log holds is not taken, because what follows may be confirmed", () => {
  const { facts, offer, serve, asked, held, installs, installed } = openExchange();
  facts.headNum = 22;
  offer(20);
  assert.deepEqual(asked(), []);
  assert.deepEqual(held, [blockAt(20).id]);
  facts.headNum = 3;
  offer(20);
  facts.headNum = 22;
  serve();
  assert.deepEqual(installs, []);
  assert.deepEqual(installed, []);
});

test("a node that is behind asks for a few chunks at a time and installs them all in order", () => {
  const { exchange, log, offer, serve, asked, installs, installed, links } = openExchange();
  offer(20);
  const first = asked();
  assert.deepEqual(first, [0, 1, 2, 3].slice(0, snapshotChunksInFlight));
  for (const chunk of first.toReversed()) {
    const data = chunksOf("whole")[chunk] ?? new Uint8Array();
    exchange.receive(anna, { kind: "snapshot-chunk", snapshotId: 1, chunk, data });
  }
  serve();
  assert.equal(installs.length, 1);
  assert.deepEqual(installs[0]?.chunks, chunksOf("whole"));
  assert.equal(installs[0]?.applied.id, blockAt(20).id);
  assert.equal(installs[0]?.applied.stateRoot, root);
  assert.deepEqual(installed, [blockAt(20)]);
  assert.deepEqual(log.range(), { first: 20, last: 20 });
  assert.deepEqual(links.take(), []);
});

test("the log drops what the snapshot replaces only when the state is durable", () => {
  const { exchange, log, facts, offer, serve, flushes, installed } = openExchange();
  facts.holdFlush = true;
  log.holdWrites = true;
  offer(20);
  serve();
  assert.ok(exchange.installing);
  assert.deepEqual(log.range(), { first: 1, last: 3 });
  offer(25, { id: 2 });
  assert.deepEqual(installed, []);
  for (const done of flushes) done();
  assert.deepEqual(log.range(), { first: 20, last: 20 });
  assert.ok(exchange.installing, "until the log is durable, too");
  log.sync();
  assert.ok(!exchange.installing);
  assert.deepEqual(installed, [blockAt(20)]);
});

test("only the leader's offer counts", () => {
  const { facts, offer, asked } = openExchange();
  offer(20, { from: ben });
  facts.leader = undefined;
  offer(20, { from: anna });
  assert.deepEqual(asked(), []);
  facts.leader = ben;
  offer(20, { from: ben });
  assert.equal(asked().length, snapshotChunksInFlight);
});

test("an offer of what this node has already is not taken", () => {
  const { facts, offer, asked } = openExchange();
  facts.finalNum = 20;
  offer(20);
  offer(19, { id: 2 });
  assert.deepEqual(asked(), []);
});

test("an offer of no chunks, or of more than there is room for, is not taken", () => {
  const { offer, asked } = openExchange();
  offer(20, { chunks: 0 });
  offer(20, { chunks: snapshotChunksMax + 1 });
  offer(20, { chunks: 2 ** 32 - 1 });
  assert.deepEqual(asked(), []);
  offer(20, { chunks: snapshotChunksMax });
  assert.equal(asked().length, snapshotChunksInFlight);
});

test("an offer that comes again does not start the transfer again", () => {
  const { offer, serve, asked, installs } = openExchange();
  offer(20);
  serve("whole", { turns: 1 });
  asked();
  offer(20);
  assert.deepEqual(asked(), []);
  assert.equal(installs.length, 0);
});

test("a node that was started again and counts from 1 again is believed to offer something new", () => {
  const { offer, serve, asked, installs } = openExchange();
  offer(20);
  serve("old", { turns: 1 });
  asked();
  offer(22);
  serve();
  assert.equal(installs[0]?.applied.num, 22);
  assert.deepEqual(installs[0]?.chunks, chunksOf("whole"));
});

test("a newer offer takes the place of the one under way, whose chunks no longer count", () => {
  const { exchange, facts, offer, serve, asked, installs } = openExchange();
  offer(20);
  asked();
  facts.leader = ben;
  offer(21, { from: ben, id: 8, chunks: 3 });
  const data = Uint8Array.of(1);
  exchange.receive(anna, { kind: "snapshot-chunk", snapshotId: 1, chunk: 0, data });
  exchange.receive(anna, { kind: "snapshot-chunk", snapshotId: 8, chunk: 0, data });
  serve("whole", { count: 3 });
  assert.deepEqual(
    installs.map(({ applied, chunks }) => [applied.num, chunks]),
    [[21, chunksOf("whole", 3)]],
  );
});

test("a chunk that was not asked for, came before or is outside the snapshot changes nothing", () => {
  const { exchange, offer, serve, installs } = openExchange();
  exchange.receive(anna, {
    kind: "snapshot-chunk",
    snapshotId: 1,
    chunk: 0,
    data: Uint8Array.of(1),
  });
  offer(20);
  const send = (chunk: number, text: string): void => {
    const data = new TextEncoder().encode(text);
    exchange.receive(anna, { kind: "snapshot-chunk", snapshotId: 1, chunk, data });
  };
  send(10, "beyond");
  send(0, "whole 0");
  send(0, "other");
  serve();
  assert.deepEqual(installs[0]?.chunks, chunksOf("whole"));
});

test("chunks that were lost are asked for again, and only those", () => {
  const { exchange, clock, offer, asked, serve, installs } = openExchange();
  offer(20);
  asked();
  const data = new TextEncoder().encode("whole 1");
  exchange.receive(anna, { kind: "snapshot-chunk", snapshotId: 1, chunk: 1, data });
  assert.deepEqual(asked(), [4]);
  clock.advance(requestAgainMs - 1);
  assert.deepEqual(asked(), []);
  clock.advance(1);
  assert.deepEqual(asked(), [0, 2, 3, 4]);
  clock.advance(requestAgainMs);
  serve();
  assert.equal(installs.length, 1);
});

test("a source that goes away in the middle is given up, and the next leader's offer is taken", () => {
  const { clock, links, facts, offer, serve, installs } = openExchange();
  offer(20);
  serve("whole", { turns: 2 });
  links.nodes = [ben];
  links.take();
  clock.advance(60 * requestAgainMs);
  assert.equal(clock.waiting, 0, "nobody waits for ever");
  facts.leader = ben;
  offer(21, { from: ben, id: 1 });
  serve();
  assert.equal(installs[0]?.applied.num, 21);
});

test("a source that comes back after it was given up may offer the same again", () => {
  const { clock, offer, asked, serve, installs } = openExchange();
  offer(20);
  asked();
  clock.advance(60 * requestAgainMs);
  asked();
  offer(20);
  serve();
  assert.equal(installs.length, 1);
});

test("chunks that do not give the root are thrown away whole, and the same offer may be taken again", () => {
  const { exchange, log, offer, serve, installs, installed, broken } = openExchange();
  offer(20);
  serve("forged");
  assert.deepEqual([installs.length, installed.length, broken.length], [0, 0, 0]);
  assert.ok(!exchange.installing);
  assert.deepEqual(log.range(), { first: 1, last: 3 });
  offer(20);
  serve();
  assert.deepEqual(installed, [blockAt(20)]);
});

test("what became final while the chunks came makes the snapshot useless", () => {
  const { facts, offer, serve, installs, links } = openExchange();
  offer(20);
  facts.finalNum = 20;
  serve();
  assert.equal(installs.length, 0);
  assert.deepEqual(links.take(), []);
});

test("a snapshot without producers stops the node", () => {
  const { chain, log, offer, serve, broken } = openExchange();
  chain.point = undefined;
  offer(20);
  serve();
  assert.deepEqual(broken, ["a snapshot without producers was installed"]);
  assert.deepEqual(log.range(), { first: 1, last: 3 });
});

function openSource() {
  const opened = openExchange();
  const { header, id } = blockAt(3);
  const { blockNum: num, time } = header;
  opened.chain.applied = { num, id, time, stateRoot: root, eventRoot: root };
  const request = (snapshotId: number, chunk: number): void =>
    opened.exchange.receive(ben, { kind: "snapshot-request", snapshotId, chunk });
  return { ...opened, request };
}

test("the whole state is offered with the block that it stands behind, and handed out by chunks", () => {
  const { exchange, links, request } = openSource();
  exchange.offer(ben, termOf(4));
  assert.deepEqual(links.take(), [
    {
      to: ben,
      message: {
        kind: "snapshot-offer",
        term: 4,
        block: blockAt(3),
        stateRoot: root,
        eventRoot: root,
        snapshotId: 1,
        chunks: 10,
      },
    },
  ]);
  request(1, 9);
  const data = chunksOf("whole")[9];
  assert.deepEqual(links.take(), [
    { to: ben, message: { kind: "snapshot-chunk", snapshotId: 1, chunk: 9, data } },
  ]);
  request(1, 10);
  request(2, 0);
  assert.deepEqual(links.take(), []);
});

test("receivers share one snapshot until nobody has asked for a while; then it is made anew", () => {
  const { exchange, chain, clock, links, request } = openSource();
  exchange.offer(ben, termOf(4));
  clock.advance(snapshotIdleMs - 1);
  exchange.offer(anna, termOf(4));
  assert.equal(chain.exports, 1);
  clock.advance(snapshotIdleMs - 1);
  request(1, 0);
  clock.advance(snapshotIdleMs);
  links.take();
  request(1, 0);
  assert.equal(links.take().length, 1, "asked for a moment ago, it is still kept");
  clock.advance(3 * snapshotIdleMs);
  links.take();
  request(1, 0);
  assert.deepEqual(links.take(), []);
  assert.equal(clock.waiting, 0);
  exchange.offer(ben, termOf(4));
  assert.equal(chain.exports, 2);
});

test("a snapshot whose block has left the log is replaced by one that the log goes on from", () => {
  const { exchange, chain, clock, links, log } = openSource();
  exchange.offer(ben, termOf(4));
  links.take();
  log.blocks.clear();
  for (const block of blocks.slice(9, 14)) log.blocks.set(block.header.blockNum, block);
  const { header, id } = blockAt(12);
  chain.applied = { num: header.blockNum, id, time: 12, stateRoot: root, eventRoot: root };
  exchange.offer(ben, termOf(4));
  const [sent] = links.take();
  assert.ok(sent?.message.kind === "snapshot-offer");
  assert.equal(sent.message.block.id, id);
  assert.equal(sent.message.snapshotId, 2);
  clock.advance(3 * snapshotIdleMs);
  assert.equal(clock.waiting, 0);
});

test("a node without state, or whose block of the snapshot is unreadable, offers nothing", () => {
  const { exchange, chain, log, links } = openSource();
  log.damaged.add(3);
  exchange.offer(ben, termOf(4));
  chain.applied = undefined;
  exchange.offer(self, termOf(4));
  assert.deepEqual(links.take(), []);
});
