import assert from "node:assert/strict";
import { test } from "node:test";

import type { Applied } from "@kith/chain/ports";
import { testSnapshot } from "@kith/chain/test-snapshot";
import { blockNumOf, checksumOf, termOf, type BlockNum, type NodeId } from "@kith/protocol/ids";
import { encodeManifest } from "@kith/protocol/snapshot-manifest";

import {
  snapshotIdleMs,
  snapshotNamedMsMax,
  snapshotPlanAgainMs,
  snapshotPlanBlocks,
  snapshotPlanMsMax,
} from "./limits.ts";
import type { CompleteSnapshot, SnapshotRows, SnapshotsPort } from "./ports.ts";
import { SnapshotSource } from "./snapshot-source.ts";
import {
  testBlocks,
  TestCertificates,
  TestClock,
  TestLinks,
  TestLog,
  testNode,
} from "./test-support.ts";

const [anna, ben] = [testNode(1), testNode(2)];
const blocks = testBlocks({ count: 60 });
const { manifest, chunks, chain } = testSnapshot({ rows: 12 });
const root = checksumOf("ab".repeat(32));

/** A node that is at block `num`, and can be told to execute more. */
function open(num = 10) {
  const clock = new TestClock();
  const links = new TestLinks(anna, ben);
  const log = new TestLog(blocks.slice(0, 40));
  const certificates = new TestCertificates();
  const facts = { applied: num, head: num, self: true, leader: anna as NodeId | undefined };
  const seen = { made: [] as number[], finished: 0, held: 0, named: [] as number[] };
  let complete: CompleteSnapshot | undefined;
  const snapshots: Partial<SnapshotsPort> = {
    complete: () => complete,
    dropComplete: () => {
      complete = undefined;
    },
    hold: (done) => {
      seen.held++;
      clock.after(1, done);
    },
    release: () => {
      seen.held = 0;
    },
    makeRows: (done) => {
      const made = facts.applied;
      seen.made.push(made);
      clock.after(10, () => done(rowsOf(made)));
    },
  };
  const rowsOf = (made: number): SnapshotRows => ({
    applied: appliedAt(made),
    finish: (_, done) => {
      seen.finished++;
      complete = {
        manifest,
        packed: encodeManifest(manifest),
        chunk: (at) => chunks[at] ?? new Uint8Array(),
      };
      done(complete);
    },
    abandon: () => undefined,
  });
  const source = new SnapshotSource({
    snapshots: snapshots as SnapshotsPort,
    log,
    certificates,
    links,
    clock,
    applied: () => appliedAt(facts.applied),
    leader: () => ({ self: facts.self, node: facts.leader }),
    term: () => termOf(1),
    headNum: () => facts.head,
    nameState: (named) => seen.named.push(named),
    prove: (wanted, done) => {
      const certificate = chain.certificate({ num: 5, voters: [] });
      const header = blocks[wanted]?.header;
      assert.ok(header !== undefined);
      certificates.keepCertificate({ header, certificate });
      done(true);
    },
  });
  /** The next block, which says what was true after `executedNum`. */
  const execute = (executedNum: number): void => {
    facts.applied += 1;
    facts.head = Math.max(facts.head, facts.applied);
    const header = blocks[facts.applied - 1]?.header;
    assert.ok(header !== undefined);
    source.onExecuted({ ...header, executedNum: blockNumOf(executedNum) });
  };
  const sent = (kind: string): readonly { to: NodeId; num: number | undefined }[] =>
    links
      .take()
      .filter(({ message }) => message.kind === kind)
      .map(({ to, message }) => ({ to, num: "num" in message ? Number(message.num) : undefined }));
  return { source, clock, links, log, facts, seen, execute, sent };
}

function appliedAt(num: number): Applied {
  const { id, header } = blocks[num - 1] ?? assert.fail();
  const at: BlockNum = header.blockNum;
  return { num: at, id, time: header.time, stateRoot: root, eventRoot: root };
}

test("an idle leader has everybody make one of the block that all are at, names it, and offers it when it is proved", () => {
  const { source, clock, seen, execute, sent } = open();
  source.offer(ben);
  assert.deepEqual(sent("snapshot-plan"), [
    { to: anna, num: 10 },
    { to: ben, num: 10 },
  ]);
  clock.advance(20);
  assert.deepEqual([seen.made, seen.named], [[10], [10]]);
  assert.deepEqual(sent("snapshot-offer"), []);
  execute(10);
  assert.deepEqual(
    sent("snapshot-offer").map(({ to }) => to),
    [ben],
  );
  source.offer(anna);
  assert.equal(sent("snapshot-offer").length, 1);
  assert.equal(seen.finished, 1);
});

test("a busy leader plans ahead, and the state is read at exactly that block", () => {
  const { source, clock, facts, seen, execute, sent } = open();
  facts.head = 14;
  source.offer(ben);
  const planned = 14 + snapshotPlanBlocks;
  assert.equal(sent("snapshot-plan")[0]?.num, planned);
  clock.advance(5);
  while (facts.applied < planned) execute(facts.applied - 2);
  execute(planned - 1);
  assert.deepEqual(seen.made, [planned]);
  assert.equal(source.keepFrom, planned, "who takes it needs what comes behind it");
});

test("a plan that nothing comes of is made anew; a state that no block names is given up", () => {
  const { source, clock, facts, seen, execute, sent } = open();
  facts.head = 12;
  source.offer(ben);
  sent("snapshot-plan");
  facts.head = 10;
  clock.advance(snapshotPlanMsMax + 50);
  assert.equal(sent("snapshot-plan")[0]?.num, 10);
  assert.deepEqual(seen.made, [10]);
  execute(11);
  assert.equal(source.keepFrom, undefined, "block 12 says what was true after 11");
  assert.equal(seen.finished, 0);
  source.offer(ben);
  clock.advance(snapshotNamedMsMax + 5_000);
  assert.equal(source.keepFrom, undefined, "nobody waits for ever");
});

test("whoever does not lead asks the leader to plan, follows its plan, and does without when none comes", () => {
  const { source, clock, facts, seen, execute, sent } = open();
  facts.self = false;
  source.offer(ben);
  assert.deepEqual(
    sent("snapshot-wanted").map(({ to }) => to),
    [anna],
  );
  source.receive(anna, { kind: "snapshot-plan", num: blockNumOf(12) });
  clock.advance(2);
  execute(9);
  execute(10);
  assert.deepEqual(seen.made, [12]);
  const other = open();
  other.facts.self = false;
  other.source.offer(ben);
  other.clock.advance(snapshotPlanMsMax + 50);
  assert.deepEqual(other.seen.made, [10]);
});

test("a plan counts from the leader alone, and seldom where nobody waits for it", () => {
  const { source, clock, facts, seen } = open();
  facts.self = false;
  const plan = (from: NodeId, num: number): void =>
    source.receive(from, { kind: "snapshot-plan", num: blockNumOf(num) });
  plan(ben, 10);
  clock.advance(5);
  assert.deepEqual(seen.made, []);
  plan(anna, 12);
  clock.advance(snapshotPlanMsMax + 50);
  plan(anna, 10);
  clock.advance(5);
  assert.deepEqual(seen.made, []);
  clock.advance(snapshotPlanAgainMs);
  plan(anna, 10);
  clock.advance(5);
  assert.deepEqual(seen.made, [10]);
});

test("manifest and chunks are given to whoever asks; of another state there are none; unused, it goes", () => {
  const { source, clock, links, execute, sent } = open();
  source.offer(ben);
  clock.advance(20);
  execute(10);
  sent("snapshot-offer");
  const { blockNum } = manifest.block.header;
  source.receive(anna, { kind: "manifest-request", snapshotId: blockNum, at: 3 });
  const [part] = links.take();
  assert.ok(part?.message.kind === "manifest-part");
  assert.deepEqual(part.message.data, encodeManifest(manifest).subarray(3));
  const ask = (block: typeof manifest.block.id, chunk: number): Uint8Array | undefined => {
    source.receive(anna, { kind: "snapshot-request", block, chunk });
    const [answer] = links.take();
    assert.ok(answer?.message.kind === "snapshot-chunk");
    return answer.message.data;
  };
  assert.deepEqual(ask(manifest.block.id, 1), chunks[1]);
  assert.equal(ask(manifest.block.id, chunks.length), undefined);
  assert.equal(ask(chain.id, 0), undefined);
  assert.equal(source.keepFrom, blockNum);
  clock.advance(snapshotIdleMs + 1);
  assert.equal(source.keepFrom, undefined);
  assert.equal(ask(manifest.block.id, 1), undefined);
});

test("one that is older than the log is of no use any more", () => {
  const { source, clock, log, execute, sent, seen } = open();
  source.offer(ben);
  clock.advance(20);
  execute(10);
  sent("snapshot-offer");
  log.dropBefore(blockNumOf(8));
  source.offer(anna);
  assert.equal(sent("snapshot-plan").length, 2);
  clock.advance(20);
  assert.deepEqual(seen.made, [10, 11]);
});
