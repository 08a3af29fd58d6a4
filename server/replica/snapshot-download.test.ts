import assert from "node:assert/strict";
import { test } from "node:test";

import { testSnapshot } from "@kith/chain/test-snapshot";
import type { NodeId } from "@kith/protocol/ids";

import { chunkMsMax, downloadHopelessMs, peerRestMsMin, snapshotChunksInFlight } from "./limits.ts";
import { SnapshotDownload } from "./snapshot-download.ts";
import { TestIncoming } from "./test-incoming.ts";
import { TestClock, TestLinks, testNode } from "./test-support.ts";

const [anna, ben, carl] = [testNode(1), testNode(2), testNode(3)];
const snapshot = testSnapshot({ rows: 60 });
const { manifest, chunks } = snapshot;
assert.ok(chunks.length >= 12, "enough for three peers");

type Asked = { readonly to: NodeId; readonly chunk: number };

function open(...nodes: readonly NodeId[]) {
  const clock = new TestClock();
  const links = new TestLinks(...nodes);
  const incoming = new TestIncoming(manifest);
  const seen = { whole: 0, hopeless: 0 };
  const download = new SnapshotDownload({
    incoming,
    links,
    clock,
    onWhole: () => seen.whole++,
    onHopeless: () => seen.hopeless++,
  });
  const asked = (): readonly Asked[] =>
    links.take().map(({ to, message }) => {
      assert.ok(message.kind === "snapshot-request" && message.block === manifest.block.id);
      return { to, chunk: message.chunk };
    });
  const answer = ({ to, chunk }: Asked, data: Uint8Array | undefined = chunks[chunk]): void => {
    const block = manifest.block.id;
    const given = data === undefined ? {} : { data };
    download.receive(to, { kind: "snapshot-chunk", block, chunk, ...given });
  };
  const has = ({ to, chunk }: Asked): void => answer({ to, chunk });
  const hasNone = ({ to, chunk }: Asked): void =>
    download.receive(to, { kind: "snapshot-chunk", block: manifest.block.id, chunk });
  /** Everybody answers truly, for as long as somebody asks. */
  const serve = (): void => {
    for (;;) {
      const requests = asked();
      if (requests.length === 0) return;
      for (const request of requests) has(request);
    }
  };
  return { clock, links, incoming, seen, download, asked, answer, has, hasNone, serve };
}

function changed(chunk: number): Uint8Array {
  const bytes = new Uint8Array(chunks[chunk] ?? []);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

test("chunks come from all peers at once, a few at a time from each, and each once", () => {
  const { download, asked, has, serve, incoming, seen } = open(anna, ben, carl);
  download.start();
  const first = asked();
  assert.equal(first.length, Math.min(chunks.length, 3 * snapshotChunksInFlight));
  assert.deepEqual(new Set(first.map(({ to }) => to)), new Set([anna, ben, carl]));
  assert.equal(new Set(first.map(({ chunk }) => chunk)).size, first.length);
  assert.deepEqual(asked(), []);
  for (const request of first.toReversed()) has(request);
  serve();
  assert.deepEqual(incoming.stored, chunks);
  assert.equal(seen.whole, 1);
});

test("a peer that lies is not asked again, and others give what it was asked for", () => {
  const { clock, download, asked, answer, has, incoming, seen } = open(anna, ben);
  download.start();
  const lied = asked();
  for (const request of lied) {
    if (request.to === anna) answer(request, changed(request.chunk));
    else has(request);
  }
  for (let turn = 0; turn < 1_000 && seen.whole === 0; turn++) {
    clock.advance(100);
    for (const request of asked()) {
      assert.equal(request.to, ben);
      has(request);
    }
  }
  assert.deepEqual(incoming.stored, chunks);
});

test("a true chunk in the place of another is a lie, too", () => {
  const { download, asked, answer, incoming, seen } = open(anna);
  download.start();
  const [first, second] = asked();
  assert.ok(first !== undefined && second !== undefined);
  answer(first, chunks[second.chunk]);
  assert.equal(incoming.stored[first.chunk], undefined);
  assert.deepEqual(asked(), []);
  assert.equal(seen.whole, 0);
});

test("what is late is asked elsewhere, and comes too late then", () => {
  const { clock, links, download, asked, has, serve, incoming, seen } = open(anna);
  download.start();
  const late = asked();
  clock.advance(chunkMsMax - 100);
  links.nodes = [anna, ben];
  clock.advance(600);
  const again = asked();
  assert.ok(again.length > 0 && again.every(({ to }) => to === ben));
  for (const request of late) has(request);
  assert.deepEqual(incoming.stored.filter(Boolean), [], "nobody waits for it any more");
  for (const request of again) has(request);
  serve();
  assert.equal(seen.whole, 1);
  assert.deepEqual(incoming.stored, chunks);
});

test("who was slow, or has not made it yet, is asked again after a while", () => {
  const { clock, download, asked, hasNone, serve, seen } = open(anna);
  download.start();
  for (const request of asked()) hasNone(request);
  assert.deepEqual(asked(), []);
  clock.advance(peerRestMsMin + 500);
  serve();
  assert.equal(seen.whole, 1);
});

test("what was on the disk before is checked and not asked for; what the disk has changed is", () => {
  const { clock, download, incoming, asked, has, serve, seen } = open(anna);
  for (const [at, chunk] of chunks.entries()) if (at % 2 === 0) incoming.stored[at] = chunk;
  incoming.stored[0] = changed(0);
  download.start();
  clock.advance(1_000);
  const first = asked();
  assert.ok(first.length > 0 && first.every(({ chunk }) => chunk === 0 || chunk % 2 === 1));
  assert.equal(first[0]?.chunk, 0);
  for (const request of first) has(request);
  serve();
  assert.equal(seen.whole, 1);
  assert.deepEqual(incoming.stored, chunks);
});

test("all of it may be there already", () => {
  const { clock, download, incoming, asked, seen } = open();
  incoming.stored.push(...chunks);
  download.start();
  clock.advance(1_000);
  assert.deepEqual([asked(), seen.whole], [[], 1]);
});

test("when nobody has what is missing, or the disk is full, it ends, and what has come stays", () => {
  const alone = open();
  alone.download.start();
  alone.clock.advance(downloadHopelessMs + 1_000);
  assert.deepEqual([alone.seen.whole, alone.seen.hopeless], [0, 1]);
  assert.equal(alone.clock.waiting, 0);
  const full = open(anna);
  full.download.start();
  const [first, second] = full.asked();
  assert.ok(first !== undefined && second !== undefined);
  full.has(first);
  full.incoming.isFull = true;
  full.has(second);
  assert.equal(full.seen.hopeless, 1);
  assert.deepEqual(full.incoming.stored[first.chunk], chunks[first.chunk]);
});

test("a chunk that turns out wrong while a state is made of it comes again", () => {
  const { download, incoming, serve, asked, has, seen } = open(anna, ben);
  download.start();
  serve();
  incoming.stored[3] = undefined;
  download.again(3);
  const requests = asked();
  assert.deepEqual(
    requests.map(({ chunk }) => chunk),
    [3],
  );
  for (const request of requests) has(request);
  assert.equal(seen.whole, 2);
});
