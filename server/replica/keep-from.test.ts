import assert from "node:assert/strict";
import { test } from "node:test";

import { testSnapshot } from "@kith/chain/test-snapshot";
import { noConsensus } from "@kith/protocol/consensus-point";
import { termOf } from "@kith/protocol/ids";
import { followGenesis } from "@kith/protocol/light-client";
import { manifestPartBytesMax } from "@kith/protocol/limits";
import { encodeManifest } from "@kith/protocol/snapshot-manifest";
import { isSignedByNode } from "@kith/protocol/vote";

import type { SnapshotsPort } from "./ports.ts";
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

const anna = testNode(1);
const snapshot = testSnapshot({ rows: 12 });
const { manifest, chain, chunks } = snapshot;
const { block } = manifest;
const num = block.header.blockNum;
const behind = testBlocks({ after: block, count: 3 });
const earlier = testBlocks({ count: num - 1 });

/** A node that takes the snapshot, and whose log is final up to `finalNum`. */
function take(log: TestLog, finalNum: number) {
  const clock = new TestClock();
  const links = new TestLinks(anna);
  const installed: Installed[] = [];
  const broken: string[] = [];
  const followed = followGenesis(chain.id, chain.header(1));
  assert.ok(followed.ok);
  const snapshots: Partial<SnapshotsPort> = {
    complete: () => undefined,
    dropComplete: () => undefined,
    release: () => undefined,
    incoming: () => undefined,
    receive: (given) => new TestIncoming(given),
  };
  const exchange = new SnapshotExchange({
    snapshots: snapshots as SnapshotsPort,
    log,
    certificates: new TestCertificates(),
    links,
    clock,
    chain: { consensusPoint: () => noConsensus },
    isSigned: isSignedByNode,
    trusted: () => followed.value.checkpoint,
    applied: () => undefined,
    leader: () => ({ self: false, node: undefined }),
    term: () => termOf(1),
    headNum: () => finalNum,
    nameState: () => undefined,
    prove: () => undefined,
    neededAfter: () => 1,
    holds: () => false,
    isFinal: (at) => at <= finalNum,
    onHeld: () => undefined,
    needsCertificate: () => false,
    onInstalled: (given) => installed.push(given),
    onBroken: (reason) => broken.push(reason),
  });
  const packed = encodeManifest(manifest);
  const manifestBytes = packed.length;
  const offer = { kind: "snapshot-offer", term: termOf(1), block, snapshotId: 1 } as const;
  exchange.receive(anna, { ...offer, manifestBytes });
  for (let requests = links.take(); requests.length > 0; requests = links.take()) {
    for (const { to, message } of requests) {
      if (message.kind === "manifest-request") {
        const data = packed.subarray(message.at, message.at + manifestPartBytesMax);
        exchange.receive(to, { ...message, kind: "manifest-part", data });
      } else if (message.kind === "snapshot-request") {
        const data = chunks[message.chunk] ?? assert.fail();
        exchange.receive(to, { ...message, kind: "snapshot-chunk", data });
      }
    }
  }
  return { installed, broken };
}

test("who is behind goes on behind the snapshot's block, with nothing else in its log", () => {
  const log = new TestLog(earlier);
  const { installed } = take(log, 1);
  assert.equal(installed[0]?.isLogKept, false);
  assert.deepEqual(log.range(), { first: num, last: num });
});

test("pitfall 15: whoever has only lost a final block keeps what follows the snapshot's: it may have confirmed that", () => {
  for (const isDamaged of [false, true]) {
    const log = new TestLog([...earlier, block, ...behind]);
    log.damaged.add(num - 1);
    if (isDamaged) log.damaged.add(num);
    const { installed } = take(log, num + 1);
    assert.equal(installed[0]?.isLogKept, true);
    assert.deepEqual(log.range(), { first: num, last: num + 3 });
    assert.equal(log.readBlock(num).kind, "found");
  }
});

test("a quorum that signed another block than the one that is final here stops the node", () => {
  const log = new TestLog(testBlocks({ count: num + 1, term: 2 }));
  const { installed, broken } = take(log, num + 1);
  assert.deepEqual(installed, []);
  assert.deepEqual(broken, [`two different blocks ${num} are final`]);
  assert.deepEqual(log.range(), { first: 1, last: num + 1 });
});
