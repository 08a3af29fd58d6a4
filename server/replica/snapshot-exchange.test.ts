import assert from "node:assert/strict";
import { test } from "node:test";

import { testSnapshot } from "@kith/chain/test-snapshot";
import { blockNumOf, termOf, type NodeId } from "@kith/protocol/ids";
import { followGenesis } from "@kith/protocol/light-client";
import { encodeManifest } from "@kith/protocol/snapshot-manifest";
import { isSignedByNode } from "@kith/protocol/vote";

import {
  blocksLongerBytesMin,
  blocksLongerMin,
  longerAgainMs,
  snapshotPlanMsMax,
} from "./limits.ts";
import type { BlockRead, CompleteSnapshot, SnapshotsPort } from "./ports.ts";
import { SnapshotExchange, type Installed } from "./snapshot-exchange.ts";
import { TestIncoming } from "./test-incoming.ts";
import {
  testBlocks,
  TestCertificates,
  TestClock,
  TestLinks,
  TestLog,
  testNode,
} from "./test-support.ts";

const [anna, ben] = [testNode(1), testNode(2)];
const snapshot = testSnapshot({ rows: 6 });
const { manifest, chunks, chain } = snapshot;
const complete: CompleteSnapshot = {
  manifest,
  packed: encodeManifest(manifest),
  chunk: (at) => chunks[at],
};

/** So many blocks of so many bytes, all of which read as the same one. */
class LongLog extends TestLog {
  reads = 0;
  readonly #block: BlockRead;

  constructor(bytes: number) {
    const blocks = testBlocks({ count: 1, transactions: () => [new Uint8Array(bytes)] });
    super(blocks);
    const [block] = blocks;
    assert.ok(block !== undefined);
    this.#block = { kind: "found", block };
  }

  override readBlock(): BlockRead {
    this.reads += 1;
    return this.#block;
  }
}

/** A node with a snapshot at hand, and with blocks that are much longer, or not. */
function open({ isLonger = true, isComplete = true } = {}) {
  const clock = new TestClock();
  const links = new TestLinks(anna, ben);
  const log = new LongLog(isLonger ? (2 * blocksLongerBytesMin) / blocksLongerMin : 10);
  const certificates = new TestCertificates();
  const facts = { finalNum: 1, incoming: undefined as TestIncoming | undefined };
  const installed: Installed[] = [];
  let given = isComplete ? complete : undefined;
  const snapshots: Partial<SnapshotsPort> = {
    sizeBytes: () => 1_000,
    complete: () => given,
    dropComplete: () => {
      given = undefined;
    },
    hold: () => undefined,
    release: () => undefined,
    receive: (wanted) => {
      facts.incoming = new TestIncoming(wanted);
      return facts.incoming;
    },
  };
  const followed = followGenesis(chain.id, chain.header(1));
  assert.ok(followed.ok);
  const { block } = manifest;
  const { blockNum: num, time } = block.header;
  const applied = { num, id: block.id, time, stateRoot: manifest.stateRoot };
  const exchange = new SnapshotExchange({
    snapshots: snapshots as SnapshotsPort,
    log,
    certificates,
    links,
    clock,
    chain: { consensusPoint: () => followed.value.checkpoint.point },
    applied: () => ({ ...applied, eventRoot: manifest.eventRoot }),
    leader: () => ({ self: true, node: undefined }),
    term: () => termOf(1),
    headNum: () => blocksLongerMin + 10,
    nameState: () => undefined,
    prove: (_num, done) => done(false),
    isSigned: isSignedByNode,
    trusted: () => followed.value.checkpoint,
    neededAfter: () => facts.finalNum,
    isFinal: () => false,
    holds: () => false,
    onHeld: assert.fail,
    needsCertificate: () => true,
    onInstalled: (what) => installed.push(what),
    onBroken: assert.fail,
  });
  const offered = (): readonly NodeId[] =>
    links.take().flatMap(({ to, message }) => (message.kind === "snapshot-offer" ? [to] : []));
  const asksForChunk = (from: NodeId): void =>
    exchange.receive(from, { kind: "snapshot-request", block: block.id, chunk: 0 });
  const offerInstead = (to: NodeId): boolean => exchange.offerInstead(to, blockNumOf(2));
  return {
    exchange,
    clock,
    links,
    log,
    certificates,
    facts,
    installed,
    offered,
    asksForChunk,
    offerInstead,
  };
}

test("whoever lacks much more than a snapshot is offered one, and gets blocks until it asks for chunks", () => {
  const { clock, offered, asksForChunk, offerInstead } = open();
  assert.equal(offerInstead(anna), false);
  assert.deepEqual(offered(), [anna]);
  assert.equal(offerInstead(anna), false, "it may not want it");
  assert.deepEqual(offered(), [], "it has heard of it");
  asksForChunk(anna);
  assert.equal(offerInstead(anna), true);
  assert.equal(offerInstead(ben), false, "somebody else's chunks");
  clock.advance(longerAgainMs);
  assert.equal(offerInstead(anna), true);
  clock.advance(1);
  assert.equal(offerInstead(anna), false, "it asks no more");
});

test("whether blocks are longer is looked at now and then, and not for every message", () => {
  const { clock, log, offered, offerInstead } = open();
  offerInstead(anna);
  const { reads } = log;
  assert.ok(reads > 0);
  for (let times = 0; times < 100; times += 1) offerInstead(anna);
  assert.equal(log.reads, reads);
  clock.advance(longerAgainMs + 1);
  offered();
  offerInstead(anna);
  assert.equal(log.reads, 2 * reads);
  assert.deepEqual(offered(), [anna]);
});

test("whoever lacks little gets blocks, also when it asks for chunks", () => {
  const { offered, asksForChunk, offerInstead } = open({ isLonger: false });
  assert.equal(offerInstead(anna), false);
  asksForChunk(anna);
  assert.deepEqual([offerInstead(anna), offered()], [false, []]);
});

test("who is not linked any more is forgotten, and begins anew when it comes back", () => {
  const { exchange, links, offered, asksForChunk, offerInstead } = open();
  offerInstead(anna);
  asksForChunk(anna);
  assert.deepEqual([offerInstead(anna), offered()], [true, [anna]]);
  links.nodes = [ben];
  exchange.onPeersChanged();
  links.nodes = [anna, ben];
  exchange.onPeersChanged();
  assert.equal(offerInstead(anna), false);
  assert.deepEqual(offered(), [anna]);
});

test("who waits for a snapshot and goes is not waited for", () => {
  const { exchange, clock, links } = open({ isComplete: false });
  const plans = (): number =>
    links.take().filter(({ message }) => message.kind === "snapshot-plan").length;
  exchange.offer(anna);
  assert.equal(plans(), 2);
  clock.advance(snapshotPlanMsMax);
  assert.equal(plans(), 2, "nothing came of it, and somebody still wants one");
  links.nodes = [ben];
  exchange.onPeersChanged();
  clock.advance(snapshotPlanMsMax);
  assert.equal(plans(), 0);
});

test("a snapshot is installed with all that its proof shows, and nothing is written until it is", () => {
  const { exchange, links, log, certificates, facts, installed } = open();
  log.holdWrites = true;
  const { block, proof } = manifest;
  exchange.receive(anna, {
    kind: "snapshot-offer",
    term: termOf(1),
    block,
    snapshotId: 1,
    manifestBytes: complete.packed.length,
  });
  links.take();
  exchange.receive(anna, { kind: "manifest-part", snapshotId: 1, at: 0, data: complete.packed });
  for (const { to, message } of links.take()) {
    assert.ok(message.kind === "snapshot-request");
    const { chunk } = message;
    const data = chunks[chunk] ?? assert.fail();
    exchange.receive(to, { kind: "snapshot-chunk", block: block.id, chunk, data });
  }
  assert.deepEqual(facts.incoming?.stored, chunks);
  assert.deepEqual([exchange.installing, installed], [true, []]);
  log.sync();
  assert.equal(exchange.installing, false);
  assert.deepEqual(
    installed.map((what) => what.block.id),
    [block.id],
  );
  const num = block.header.blockNum;
  assert.deepEqual(certificates.certificate(num, num)?.certificate, installed[0]?.certificate);
  const newest = proof?.newest ?? assert.fail();
  const newestNum = newest.header.blockNum;
  assert.deepEqual(certificates.certificate(newestNum, newestNum), newest);
  assert.deepEqual(log.range(), { first: num, last: num });
});
