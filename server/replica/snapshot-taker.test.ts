import assert from "node:assert/strict";
import { test } from "node:test";

import { testSnapshot, type TestSnapshot } from "@kith/chain/test-snapshot";
import { termOf, type NodeId } from "@kith/protocol/ids";
import { followGenesis } from "@kith/protocol/light-client";
import { manifestPartBytesMax, snapshotManifestBytesMax } from "@kith/protocol/limits";
import { encodeManifest, type SnapshotManifest } from "@kith/protocol/snapshot-manifest";
import { isSignedByNode } from "@kith/protocol/vote";

import { downloadHopelessMs, downloadStalledMs, offerRefusedMs, requestAgainMs } from "./limits.ts";
import type { SnapshotsPort, StageFault } from "./ports.ts";
import { SnapshotTaker } from "./snapshot-taker.ts";
import { TestIncoming } from "./test-incoming.ts";
import { TestClock, TestLinks, testNode } from "./test-support.ts";

const [anna, ben] = [testNode(1), testNode(2)];
const snapshot = testSnapshot({ rows: 12 });
const { manifest } = snapshot;
const num = manifest.block.header.blockNum;

function open({ chain }: TestSnapshot = snapshot, before?: TestIncoming) {
  const clock = new TestClock();
  const links = new TestLinks(anna, ben);
  const facts = {
    finalNum: 1,
    holds: false,
    needsCertificate: false,
    isFull: false,
    faults: [] as StageFault[],
  };
  const received: TestIncoming[] = [];
  const staged: TestIncoming[] = [];
  const held: NodeId[] = [];
  const followed = followGenesis(chain.id, chain.header(1));
  assert.ok(followed.ok);
  const snapshots: Partial<SnapshotsPort> = {
    incoming: () => before,
    receive: (given) => {
      if (facts.isFull) return undefined;
      const incoming = new TestIncoming(given, facts.faults);
      received.push(incoming);
      return incoming;
    },
  };
  const taker = new SnapshotTaker({
    snapshots: snapshots as SnapshotsPort,
    links,
    clock,
    isSigned: isSignedByNode,
    trusted: () => followed.value.checkpoint,
    neededAfter: () => facts.finalNum,
    holds: () => facts.holds,
    onHeld: (from) => held.push(from),
    needsCertificate: () => facts.needsCertificate,
    onStaged: (incoming) => {
      assert.ok(incoming instanceof TestIncoming);
      staged.push(incoming);
    },
  });
  const offer = (given: SnapshotManifest = manifest, from: NodeId = anna): void =>
    taker.receive(from, {
      kind: "snapshot-offer",
      term: termOf(1),
      block: given.block,
      snapshotId: 1,
      manifestBytes: encodeManifest(given).length,
    });
  const serve = (given: SnapshotManifest = manifest, chunks = snapshot.chunks): void => {
    const packed = encodeManifest(given);
    for (;;) {
      const requests = links.take();
      if (requests.length === 0) return;
      for (const { to, message } of requests) {
        if (message.kind === "manifest-request") {
          const { snapshotId, at } = message;
          const data = packed.subarray(at, at + manifestPartBytesMax);
          taker.receive(to, { kind: "manifest-part", snapshotId, at, data });
        } else if (message.kind === "snapshot-request") {
          const { block, chunk } = message;
          const data = chunks[chunk];
          // Whoever has none of them says nothing.
          if (data !== undefined) {
            taker.receive(to, { kind: "snapshot-chunk", block, chunk, data });
          }
        } else assert.fail(message.kind);
      }
    }
  };
  return { taker, clock, links, facts, received, staged, held, offer, serve };
}

test("what a quorum has signed is taken from anybody, and a state is made of it", () => {
  const { offer, serve, staged, received } = open();
  offer(manifest, ben);
  serve();
  assert.equal(staged.length, 1);
  assert.deepEqual(received[0]?.stored, snapshot.chunks);
});

test("what nobody has signed, or another network, is not taken, and who offers it is not heard for a while", () => {
  const { proof: _, ...unsigned } = manifest;
  const other = testSnapshot({ rows: 12, firstProducer: 3 });
  for (const given of [unsigned, { ...manifest, eventRoot: manifest.stateRoot }, other.manifest]) {
    const { clock, links, offer, serve, received } = open();
    offer(given);
    serve(given);
    assert.deepEqual(received, []);
    offer(manifest);
    assert.deepEqual(links.take(), []);
    clock.advance(offerRefusedMs);
    offer(manifest);
    serve();
    assert.equal(received.length, 1);
  }
});

test("pitfall 15: a snapshot behind what is final is not taken, nor one that became so while it came", () => {
  const { facts, offer, serve, taker, staged, received, links } = open();
  facts.finalNum = num;
  offer();
  assert.deepEqual(links.take(), []);
  facts.finalNum = num - 1;
  offer();
  const [request] = links.take();
  assert.ok(request?.message.kind === "manifest-request");
  const data = encodeManifest(manifest);
  taker.receive(anna, { kind: "manifest-part", snapshotId: 1, at: 0, data });
  taker.onFinal(num);
  serve();
  assert.deepEqual(staged, []);
  assert.equal(received[0]?.isDiscarded, true);
});

test("pitfall 15: a snapshot of a block that the log holds is not taken, because what follows may be confirmed", () => {
  const { facts, offer, serve, held, staged, links } = open();
  facts.holds = true;
  offer();
  assert.deepEqual([held, links.take()], [[anna], []]);
  facts.holds = false;
  offer();
  const [request] = links.take();
  assert.ok(request !== undefined);
  facts.holds = true;
  serve();
  assert.deepEqual(staged, []);
});

test("where votes count, a snapshot comes with a certificate of its own block", () => {
  const { facts, offer, serve, staged } = open();
  facts.needsCertificate = true;
  offer();
  serve();
  assert.equal(staged.length, 1);
});

test("what is under way goes on while it gets anywhere, and another takes its place when it does not", () => {
  const later = testSnapshot({ rows: 14, at: 7 });
  const { clock, links, offer, serve, received, staged } = open();
  offer();
  const [request] = links.take();
  assert.ok(request?.message.kind === "manifest-request");
  offer(later.manifest, ben);
  assert.deepEqual(links.take(), [], "one manifest at a time");
  links.send(request.to, request.message);
  serve(manifest, []);
  assert.equal(received.length, 1);
  offer(later.manifest, ben);
  assert.deepEqual(links.take(), [], "it may still come");
  clock.advance(downloadStalledMs + 1);
  links.take();
  offer(later.manifest, ben);
  serve(later.manifest, later.chunks);
  assert.deepEqual(
    staged.map((incoming) => incoming.manifest.block.id),
    [later.manifest.block.id],
  );
  assert.deepEqual(
    received.map(({ isLeft, isDiscarded }) => [isLeft, isDiscarded]),
    [
      [true, false],
      [false, false],
    ],
  );
});

test("what nobody has the rest of is left as it is, and whoever offers it again is heard after a while", () => {
  const { clock, offer, serve, received, staged } = open();
  offer();
  serve(manifest, []);
  clock.advance(downloadHopelessMs + downloadStalledMs);
  assert.deepEqual([received[0]?.isLeft, received[0]?.isDiscarded], [true, false]);
  clock.advance(offerRefusedMs);
  offer();
  serve();
  assert.equal(staged.length, 1);
});

test("a start goes on with what had arrived, unless it is worth nothing any more", () => {
  const before = new TestIncoming(manifest);
  before.stored.push(...snapshot.chunks.slice(0, 1));
  const { taker, clock, serve, staged } = open(snapshot, before);
  taker.start();
  clock.advance(100);
  serve();
  assert.deepEqual(staged, [before]);
  const late = new TestIncoming(manifest);
  const opened = open(snapshot, late);
  opened.facts.finalNum = num;
  opened.taker.start();
  assert.ok(late.isDiscarded);
});

test("a chunk that the disk has changed is fetched again", () => {
  const { facts, offer, serve, received, staged } = open();
  const fault = { code: "range-rows-wrong" } as const;
  facts.faults = [{ code: "snapshot-chunk-wrong", chunk: 1, fault }];
  offer();
  serve();
  assert.deepEqual([staged.length, received.length], [1, 1]);
  assert.deepEqual(facts.faults, []);
});

test("a state that nobody could make is given up; one that found no room may be made later", () => {
  for (const fault of [
    { code: "snapshot-ends-early", chunks: 1 },
    { code: "staging-failed", message: "no space left on device" },
  ] as const) {
    const { facts, offer, serve, received, staged } = open();
    facts.faults = [fault];
    offer();
    serve();
    assert.deepEqual(staged, []);
    assert.equal(received[0]?.isDiscarded, fault.code === "snapshot-ends-early");
    assert.ok(received[0]?.isLeft);
    offer();
    serve();
    assert.equal(staged.length, 1);
  }
});

test("without room on the disk nothing is taken, and another time it may be", () => {
  const { facts, offer, serve, received, staged } = open();
  facts.isFull = true;
  offer();
  serve();
  assert.deepEqual([received.length, staged.length], [0, 0]);
  facts.isFull = false;
  offer();
  serve();
  assert.equal(staged.length, 1);
});

test("a size that no manifest has is not asked for", () => {
  const { taker, links } = open();
  for (const manifestBytes of [0, snapshotManifestBytesMax + 1]) {
    taker.receive(anna, {
      kind: "snapshot-offer",
      term: termOf(1),
      block: manifest.block,
      snapshotId: 1,
      manifestBytes,
    });
  }
  assert.deepEqual(links.take(), []);
});

test("a manifest that comes in other parts than were asked for is none", () => {
  for (const data of [new Uint8Array(), new Uint8Array(1), new Uint8Array(2_000_000)]) {
    const { taker, links, offer, serve, staged } = open();
    offer();
    links.take();
    taker.receive(anna, { kind: "manifest-part", snapshotId: 1, at: 0, data });
    assert.deepEqual(links.take(), [], "no more of it is asked for");
    offer(manifest, ben);
    serve();
    assert.equal(staged.length, 1);
  }
});

test("whoever offers and then says nothing has one turn, when others offer too", () => {
  const { clock, links, offer, serve, staged } = open();
  offer(manifest, anna);
  offer(manifest, ben);
  for (let asked = 0; asked < 20; asked += 1) clock.advance(requestAgainMs);
  links.take();
  offer(manifest, anna);
  assert.deepEqual(links.take(), []);
  offer(manifest, ben);
  serve();
  assert.equal(staged.length, 1);
});

test("whoever was cut off offers again, when nobody else does", () => {
  const { clock, links, offer, serve, staged } = open();
  offer();
  for (let asked = 0; asked < 20; asked += 1) clock.advance(requestAgainMs);
  links.take();
  offer();
  serve();
  assert.equal(staged.length, 1);
});
