import assert from "node:assert/strict";
import { test } from "node:test";

import { openChain, type Chain } from "@kith/chain/chain";
import type { SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { noConsensus, type ConsensusPoint } from "@kith/protocol/consensus-point";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { prepareTransaction } from "@kith/protocol/transactions";
import { testBlocks, TestCertificates, TestLog, testNode } from "@kith/replica/test-support";
import { openMachine } from "@kith/sandbox/machine";
import { openLog } from "@kith/store/log";
import type { LogStore } from "@kith/store/log-store";
import { memoryState } from "@kith/store/memory-state";

import { makeGenesis } from "./genesis.ts";
import { restoreCore as restoreParts, type RestoreParts } from "./restore.ts";
import { newFolder } from "./test-folder.ts";

const producer = { account: accountNameConstant("node-1"), node: testNode(1) };
const point: ConsensusPoint = {
  joint: { current: { algorithm: "cft", producers: [producer] } },
  since: 0,
  epoch: blockNumOf(1),
};

const restoreCore = (
  log: RestoreParts["log"],
  chain: Chain,
  certificates = new TestCertificates(),
): ReturnType<typeof restoreParts> => restoreParts({ log, chain, certificates });

type Facts = {
  readonly applied: number;
  readonly block?: SealedBlock | undefined;
  readonly snapshot?: SealedBlock;
};

/** A chain that has executed blocks up to `applied`, of which the last is `block`. */
function chainAt({ applied, block = blocks[applied - 1], snapshot }: Facts): Chain {
  const { id, header } = block ?? {};
  const facts = {
    applied: () => (applied === 0 ? undefined : { num: applied, id, time: header?.time }),
    consensusPoint: () => (applied === 0 ? undefined : point),
    snapshotBlock: () => snapshot,
  };
  return facts as unknown as Chain;
}

const blocks = testBlocks({ count: 12, commitLag: 3 });
const from = (first: number, last: number): SealedBlock[] => blocks.slice(first - 1, last);
const numsOf = (some: readonly SealedBlock[]): number[] =>
  some.map(({ header }) => header.blockNum);

test("an empty log starts from nothing, with the vote that it holds", () => {
  const log = new TestLog();
  log.persist({ ballot: { term: termOf(3) }, blocks: [] }, () => undefined);
  assert.deepEqual(restoreCore(log, chainAt({ applied: 0 })), {
    ok: true,
    value: {
      ballot: { term: 3 },
      blocks: [],
      consensus: noConsensus,
      commitNum: 0,
      logFirst: 1,
    },
  });
});

test("the core starts from the last executed block and has every block behind it", () => {
  const restored = restoreCore(new TestLog(from(1, 12)), chainAt({ applied: 10 }));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 10);
  assert.deepEqual(numsOf(restored.value.blocks), [10, 11, 12]);
  assert.equal(restored.value.consensus, point);
  assert.equal(restored.value.logFirst, 1);
});

test("what the newest block calls final is final, though a power cut took the state back", () => {
  const restored = restoreCore(new TestLog(from(1, 12)), chainAt({ applied: 4 }));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 9);
  assert.deepEqual(numsOf(restored.value.blocks), [9, 10, 11, 12]);
});

test("a change of producers in a block that was not executed is in the rules that the core starts from", () => {
  const next = { algorithm: "cft", producers: [] } as const;
  const changed = sealBlock({ ...headerOf(6), newConsensus: next }, []);
  const tail = testBlocks({ after: changed, count: 4, commitLag: 3 });
  const log = new TestLog([...from(1, 5), changed, ...tail]);
  const restored = restoreCore(log, chainAt({ applied: 5 }));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 7);
  assert.deepEqual(restored.value.consensus, {
    joint: { current: point.joint.current, next },
    since: 6,
    epoch: 1,
  });
});

function headerOf(num: number): SealedBlock["header"] {
  const block = blocks[num - 1];
  assert.ok(block !== undefined);
  return block.header;
}

const bftPoint: ConsensusPoint = {
  ...point,
  joint: { current: { algorithm: "bft", producers: [producer] } },
};

/** That this node has checked. */
function proofOf(...certified: readonly SealedBlock[]): TestCertificates {
  const certificates = new TestCertificates();
  for (const { header, id } of certified) {
    const { term, blockNum: num } = header;
    const about = { kind: "committed", epoch: blockNumOf(1), term, num, id } as const;
    certificates.keepCertificate({ header, certificate: { ...about, links: [], votes: [] } });
  }
  return certificates;
}

const nodeUnder = (rules: ConsensusPoint, applied: number, block?: SealedBlock): Chain => ({
  ...chainAt({ applied, block }),
  consensusPoint: () => rules,
});

test("under BFT a block's word that others are final counts for nothing", () => {
  const restored = restoreCore(new TestLog(from(1, 12)), nodeUnder(bftPoint, 4));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 4);
  assert.deepEqual(numsOf(restored.value.blocks), [4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("under BFT what a kept certificate is about is final, if the log holds that block", () => {
  const log = new TestLog(from(1, 12));
  const certified = proofOf(...from(6, 7));
  const restored = restoreCore(log, nodeUnder(bftPoint, 4), certified);
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 7);
  assert.deepEqual(numsOf(restored.value.blocks), [7, 8, 9, 10, 11, 12]);
  const other = testBlocks({ count: 7, term: 2 });
  const elsewhere = restoreCore(log, nodeUnder(bftPoint, 4), proofOf(...other.slice(6)));
  assert.ok(elsewhere.ok);
  assert.equal(elsewhere.value.commitNum, 4);
});

test("a certificate that is older than what was executed changes nothing", () => {
  const log = new TestLog(from(1, 12));
  const restored = restoreCore(log, nodeUnder(bftPoint, 10), proofOf(...from(6, 7)));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 10);
});

for (const [applied, rules] of [
  [5, point],
  [7, bftPoint],
] as const) {
  test(`a change to BFT is where words of leaders end, also when block ${applied} was the last executed one`, () => {
    const next = { algorithm: "bft", producers: [producer] } as const;
    const changed = sealBlock({ ...headerOf(7), newConsensus: next }, []);
    const tail = testBlocks({ after: changed, count: 4, commitLag: 1 });
    const log = new TestLog([...from(1, 6), changed, ...tail]);
    const last = applied === 7 ? changed : blocks[applied - 1];
    const restored = restoreCore(log, nodeUnder(rules, applied, last));
    assert.ok(restored.ok);
    // Block 7 itself says that 4 is final, and what comes behind it says more.
    assert.equal(restored.value.commitNum, applied);
  });
}

test("the genesis block of a BFT network is final, and nothing behind it on its own word", () => {
  const draft = { ...headerOf(1), newConsensus: bftPoint.joint.current };
  const first = sealBlock(draft, []);
  const tail = testBlocks({ after: first, count: 5, commitLag: 1 });
  const restored = restoreCore(new TestLog([first, ...tail]), chainAt({ applied: 0 }));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 1);
  assert.deepEqual(restored.value.consensus.joint, bftPoint.joint);
});

test("a log that was cut at its beginning starts where it starts", () => {
  const restored = restoreCore(new TestLog(from(5, 12)), chainAt({ applied: 5 }));
  assert.ok(restored.ok);
  assert.equal(restored.value.logFirst, 5);
  assert.equal(restored.value.commitNum, 9);
});

test("a log that holds only the last executed block is enough", () => {
  const restored = restoreCore(new TestLog(from(9, 9)), chainAt({ applied: 9 }));
  assert.ok(restored.ok);
  assert.deepEqual(numsOf(restored.value.blocks), [9]);
  assert.equal(restored.value.commitNum, 9);
});

test("a state that has executed more than the log holds is an error: the log lost what was confirmed", () => {
  assert.deepEqual(restoreCore(new TestLog(from(1, 8)), chainAt({ applied: 9 })), {
    ok: false,
    error: { code: "state-ahead-of-log", applied: 9, last: 8 },
  });
});

test("a state that ends before the log begins is an error", () => {
  assert.deepEqual(restoreCore(new TestLog(from(6, 12)), chainAt({ applied: 4 })), {
    ok: false,
    error: { code: "state-behind-log", applied: 4, first: 6 },
  });
});

test("when the newest block is damaged, only that one is asked for: what is final is not known yet", () => {
  const log = new TestLog(from(1, 12));
  for (const num of [11, 12]) log.damaged.add(num);
  assert.deepEqual(restoreCore(log, chainAt({ applied: 10 })), {
    ok: false,
    error: { code: "blocks-damaged", nums: [12] },
  });
});

test("all damaged blocks that the start needs are named at once, and none that it does not need", () => {
  const log = new TestLog(from(1, 12));
  for (const num of [2, 6, 9, 11]) log.damaged.add(num);
  assert.deepEqual(restoreCore(log, chainAt({ applied: 5 })), {
    ok: false,
    error: { code: "blocks-damaged", nums: [6, 9, 11] },
  });
  for (const num of [6, 9, 11]) log.damaged.delete(num);
  assert.ok(restoreCore(log, chainAt({ applied: 5 })).ok);
});

/** Blocks that say under which rules they were made, and a log whose blocks `damaged` cannot be read. */
function ruledLog(
  damaged: readonly number[],
  made: readonly SealedBlock[] = ruledBlocks,
): { readonly log: TestLog; readonly at: (applied: number) => Chain } {
  const log = new TestLog(made);
  for (const num of damaged) log.damaged.add(num);
  return { log, at: (applied) => chainAt({ applied, block: made[applied - 1] }) };
}

const ruled = { commitLag: 3, consensusState: consensusStateOf(point.joint) };
const ruledBlocks = testBlocks({ ...ruled, count: 12 });

test("damage to blocks that are final for certain keeps nobody from taking part, where the rules behind it are sure", () => {
  const { log, at } = ruledLog([6, 8]);
  const restored = restoreCore(log, at(5));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 9);
  assert.equal(restored.value.base, undefined);
  assert.deepEqual(numsOf(restored.value.blocks), [9, 10, 11, 12]);
  log.damaged.add(10);
  const error = { code: "blocks-damaged", nums: [10] };
  assert.deepEqual(restoreCore(log, at(5)), { ok: false, error });
});

test("of the newest final block it is enough to know which one it is", () => {
  const { log, at } = ruledLog([9]);
  const restored = restoreCore(log, at(5));
  assert.ok(restored.ok);
  const id = ruledBlocks[8]?.id;
  assert.deepEqual(restored.value.base, { num: 9, id, term: 1, time: 0 });
  assert.deepEqual(numsOf(restored.value.blocks), [10, 11, 12]);
  log.idLost.add(9);
  const error = { code: "blocks-damaged", nums: [9] };
  assert.deepEqual(restoreCore(log, at(5)), { ok: false, error });
});

test("a block that changed the producers is needed, or its header with the proof", () => {
  const next = { algorithm: "cft", producers: [] } as const;
  const before = ruledBlocks.slice(0, 5);
  const changed = sealBlock({ ...headerOfBlock(ruledBlocks[5]), newConsensus: next }, []);
  const joint = { current: point.joint.current, next };
  const pending = testBlocks({ after: changed, count: 2, commitLag: 3, ...ruledUnder(joint) });
  const over = testBlocks({
    after: pending[1] ?? assert.fail(),
    count: 4,
    commitLag: 3,
    ...ruledUnder({ current: next }),
  });
  const { log, at } = ruledLog([6], [...before, changed, ...pending, ...over]);
  const error = { code: "blocks-damaged", nums: [6] };
  assert.deepEqual(restoreCore(log, at(5)), { ok: false, error });
  const restored = restoreCore(log, at(5), proofOf(changed));
  assert.ok(restored.ok);
  assert.equal(restored.value.commitNum, 9);
  assert.deepEqual(restored.value.consensus, { joint: { current: next }, since: 0, epoch: 6 });
});

const ruledUnder = (joint: ConsensusPoint["joint"]) => ({
  consensusState: consensusStateOf(joint),
});

const headerOfBlock = (block: SealedBlock | undefined): SealedBlock["header"] =>
  block?.header ?? assert.fail();

test("a log that has another block where this state was made is not of the same folder", () => {
  const fork = chainAt({ applied: 8, block: testBlocks({ count: 8, term: 2 })[7] });
  const error = { code: "state-of-other-log", applied: 8 };
  assert.deepEqual(restoreCore(new TestLog(from(1, 12)), fork), { ok: false, error });
});

const snapshot = blocks[7];
assert.ok(snapshot !== undefined);
const behind = chainAt({ applied: 8, snapshot });

test("a crash between the snapshot's state and the log's restart: the log starts behind the snapshot now", () => {
  const log = new TestLog(from(1, 3));
  log.persist({ ballot: { term: termOf(2), votedFor: testNode(4) }, blocks: [] }, () => undefined);
  assert.deepEqual(restoreCore(log, behind), {
    ok: true,
    value: {
      ballot: { term: 2, votedFor: testNode(4) },
      blocks: [snapshot],
      consensus: point,
      commitNum: 8,
      logFirst: 8,
    },
  });
  assert.deepEqual(log.range(), { first: 8, last: 8 });
});

test("a longer log that holds another block in that place is restarted, too", () => {
  const fork = testBlocks({ count: 11, term: 2 });
  const log = new TestLog(fork);
  assert.ok(restoreCore(log, behind).ok);
  assert.deepEqual(log.range(), { first: 8, last: 8 });
});

test("a log that goes on behind the snapshot keeps what this node has confirmed since", () => {
  const log = new TestLog(from(8, 12));
  const restored = restoreCore(log, behind);
  assert.ok(restored.ok);
  assert.deepEqual(numsOf(restored.value.blocks), [9, 10, 11, 12]);
  assert.deepEqual(log.range(), { first: 8, last: 12 });
});

test("damage to the snapshot's block in the log does not cost the confirmed blocks behind it", () => {
  const log = new TestLog(from(8, 12));
  log.damaged.add(8).add(9);
  log.idLost.add(8);
  assert.deepEqual(restoreCore(log, behind), {
    ok: false,
    error: { code: "blocks-damaged", nums: [9] },
  });
  assert.deepEqual(log.range(), { first: 8, last: 12 });
  log.damaged.delete(9);
  assert.ok(restoreCore(log, behind).ok);
  assert.deepEqual(log.range(), { first: 8, last: 12 });
});

test("a damaged row of another chain of blocks does not keep the log from being restarted", () => {
  const log = new TestLog(testBlocks({ count: 11, term: 2 }));
  log.damaged.add(8);
  log.idLost.add(8);
  assert.ok(restoreCore(log, behind).ok);
  assert.deepEqual(log.range(), { first: 8, last: 8 });
});

const genesis = await makeGenesis({
  algorithm: "cft",
  producers: [producer],
  ownerSecret: new Uint8Array(32).fill(3),
  chainName: "test",
  freeNameCharsMin: 1,
});

/** A chain with real services that has executed `count` blocks. */
function executedChain(count: number): { chain: Chain; executed: SealedBlock[] } {
  const chain = openChain({ state: memoryState(), machine: openMachine() });
  const executed = [genesis];
  const transactions = genesis.transactions.map((bytes) => {
    const prepared = prepareTransaction(bytes);
    return prepared.ok ? prepared.value : undefined;
  });
  chain.applyBlock(
    genesis,
    transactions,
    transactions.map(() => true),
  );
  while (executed.length < count) {
    const before = chain.applied();
    assert.ok(before !== undefined);
    const draft = {
      previous: before.id,
      blockNum: blockNumOf(before.num + 1),
      time: before.time + 1_000_000,
      producer: producer.account,
      term: termOf(1),
      commitNum: before.num,
      consensusState: consensusStateOf(point.joint),
      executedNum: before.num,
      stateRoot: before.stateRoot,
      eventRoot: before.eventRoot,
    };
    const block = sealBlock(draft, []);
    chain.applyBlock(block, [], []);
    executed.push(block);
  }
  return { chain, executed };
}

function onBroken(broken: Error): never {
  throw broken;
}

function openedLog(folder: string): LogStore {
  const opened = openLog({ folder, onBroken });
  assert.ok(opened.ok);
  return opened.value.log;
}

test("on real files, the restart behind a snapshot keeps the vote and survives the next start", async () => {
  const { chain: source, executed } = executedChain(6);
  const exported = source.exportSnapshot();
  const head = executed.at(-1);
  assert.ok(exported !== undefined && head !== undefined);
  const chain = openChain({ state: memoryState(), machine: openMachine() });
  assert.ok(chain.installSnapshot(exported.applied, exported.chunks, head).ok);

  const folder = newFolder();
  const log = openedLog(folder);
  const ballot = { term: termOf(5), votedFor: testNode(2) };
  await new Promise<void>((done) => log.persist({ ballot, blocks: [genesis] }, done));
  const restored = restoreCore(log, chain);
  assert.ok(restored.ok);
  assert.deepEqual(restored.value.ballot, ballot);
  assert.deepEqual(numsOf(restored.value.blocks), [6]);
  assert.deepEqual(restored.value.consensus, source.consensusPoint());
  await log.close();

  const again = openedLog(folder);
  assert.deepEqual(again.range(), { first: 6, last: 6 });
  assert.deepEqual(again.ballot(), ballot);
  assert.deepEqual(restoreCore(again, chain), restored);
  await again.close();
});
