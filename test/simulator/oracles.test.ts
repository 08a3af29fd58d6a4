import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { noConsensus } from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf, termOf } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";
import type { LogBatch } from "@kith/replica/ports";

import { applyBatch, type LogImage } from "./log-image.ts";
import { drawMembers } from "./members.ts";
import { Oracles } from "./oracles.ts";
import { SafetyViolation, type Rule } from "./safety-violation.ts";

const members = drawMembers(3);
const [a, b, c] = [0, 1, 2];

/** Three nodes without programs: the test writes their history. */
function openHistory() {
  const images = members.map(() => ({ durable: emptyImage(), written: emptyImage() }));
  const imageOf = (node: number) => images[node] ?? assert.fail(`no node ${node}`);
  const oracles = new Oracles({
    marks: new Map(),
    algorithm: "cft",
    chain: genesis.id,
    isSigned: () => true,
    nodeCount: members.length,
    durable: (node) => imageOf(node).durable,
    written: (node) => imageOf(node).written,
    nodeIndex: (id) => members.findIndex(({ node }) => node === id),
    nodeId: idOf,
    isLiar: () => false,
    isForgetful: () => false,
    isStarting: () => false,
    onFinal: () => undefined,
  });
  const write = (node: number, batch: LogBatch): void => {
    oracles.onWritten(node, batch);
    applyBatch(imageOf(node).written, batch);
  };
  const sync = (node: number, batch: LogBatch): void => {
    oracles.onDurable(node, batch);
    applyBatch(imageOf(node).durable, batch);
  };
  const store = (node: number, batch: LogBatch): void => {
    write(node, batch);
    sync(node, batch);
  };
  const vote = (node: number, term: number, candidate: number): void => {
    const votedFor = idOf(candidate);
    store(node, { ballot: { term: termOf(term), votedFor }, blocks: [] });
  };
  for (const node of [a, b, c]) store(node, { blocks: [genesis] });
  for (const node of [a, b, c]) oracles.onCommit(node, 1);
  return { oracles, write, sync, store, vote };
}

function emptyImage(): LogImage {
  return { ballot: { term: termOf(0) }, firstNum: 1, blocks: [] };
}

function idOf(node: number) {
  return members[node]?.node ?? assert.fail(`no node ${node}`);
}

function blockOn(previous: SealedBlock | undefined, term: number, time = 0): SealedBlock {
  const num = (previous?.header.blockNum ?? 0) + 1;
  const header: Omit<BlockHeader, "trxMerkleRoot"> = {
    previous: previous?.id ?? blockIdOf("0".repeat(64)),
    blockNum: blockNumOf(num),
    time: 1_000_000 * num + time,
    producer: members[0]?.account ?? assert.fail("no producer"),
    term: termOf(term),
    commitNum: blockNumOf(0),
    consensusState: consensusStateOf(noConsensus.joint),
    executedNum: blockNumOf(0),
    stateRoot: zeroChecksum,
    eventRoot: zeroChecksum,
    ...(num === 1 ? { newConsensus: { algorithm: "cft" as const, producers: members } } : {}),
  };
  return sealBlock(header, []);
}

const genesis = blockOn(undefined, 0);

function append(term: number, commitNum = 1, blocks: readonly SealedBlock[] = []): CftMessage {
  return {
    kind: "append",
    term: termOf(term),
    previousNum: blockNumOf(1),
    previousId: genesis.id,
    blocks,
    commitNum: blockNumOf(commitNum),
    round: 1,
  };
}

function confirm(term: number, head: SealedBlock): CftMessage {
  return {
    kind: "confirm",
    term: termOf(term),
    headNum: head.header.blockNum,
    headId: head.id,
    accepted: true,
    commitNum: blockNumOf(1),
    round: 1,
    clock: 0,
  };
}

function granted(term: number): CftMessage {
  return { kind: "vote-response", term: termOf(term), pre: false, granted: true };
}

function breaks(rule: Rule, run: () => void): void {
  assert.throws(run, (thrown) => thrown instanceof SafetyViolation && thrown.rule === rule);
}

test("a history in which every rule is kept is not complained about", () => {
  const { oracles, store, vote } = openHistory();
  const second = blockOn(genesis, 1);
  for (const node of [a, b]) vote(node, 1, a);
  oracles.onSend(b, a, granted(1));
  oracles.onSend(a, b, append(1));
  for (const node of [a, b]) store(node, { blocks: [second] });
  oracles.onSend(b, a, confirm(1, second));
  oracles.onSend(a, b, append(1, 2));
  const { num, id, time } = { num: blockNumOf(2), id: second.id, time: second.header.time };
  const root = checksumOf("1".repeat(64));
  for (const node of [a, b]) {
    oracles.onExecuted(node, { num, id, time, stateRoot: root, eventRoot: root });
  }
  assert.equal(oracles.finalNum, 2);
});

test("two leaders of one term are seen", () => {
  const { oracles, vote } = openHistory();
  vote(a, 1, a);
  vote(b, 1, b);
  oracles.onSend(a, c, append(1));
  breaks("one leader a term", () => oracles.onSend(b, c, append(1)));
});

test("a second vote in a term is seen, on the disk and when it is told", () => {
  const { oracles, vote } = openHistory();
  vote(c, 1, a);
  oracles.onSend(c, a, granted(1));
  breaks("one vote a term", () => oracles.onSend(c, b, granted(1)));
  breaks("votes never regress", () => vote(c, 1, b));
});

test("a term on the disk that goes back is seen", () => {
  const { vote } = openHistory();
  vote(c, 2, a);
  breaks("votes never regress", () => vote(c, 1, a));
});

test("a vote and a term that are told before they are on the disk are seen", () => {
  const { oracles, write } = openHistory();
  write(c, { ballot: { term: termOf(1), votedFor: idOf(a) }, blocks: [] });
  breaks("votes are durable before they are told", () => oracles.onSend(c, a, granted(1)));
  breaks("terms are durable before they are used", () => oracles.onSend(c, a, confirm(1, genesis)));
});

test("a confirm of a block that is not on the disk is seen", () => {
  const { oracles, write, vote } = openHistory();
  const second = blockOn(genesis, 1);
  vote(b, 1, a);
  write(b, { blocks: [second] });
  breaks("confirms are durable before they are told", () =>
    oracles.onSend(b, a, confirm(1, second)),
  );
});

test("a log that is no chain, and two blocks of a leader for one height, are seen", () => {
  const { write } = openHistory();
  const second = blockOn(genesis, 1);
  breaks("logs are chains", () => write(a, { blocks: [blockOn(second, 1)] }));
  write(a, { blocks: [second] });
  breaks("one block a term and height", () => write(b, { blocks: [blockOn(genesis, 1, 1)] }));
});

test("a block that is said to be final and is not on the disks of a quorum is seen", () => {
  const { oracles, store, write, vote } = openHistory();
  const second = blockOn(genesis, 1);
  vote(a, 1, a);
  store(a, { blocks: [second] });
  write(b, { blocks: [second] });
  breaks("final blocks are durable on a quorum", () => oracles.onSend(a, b, append(1, 2)));
});

test("a leader that counts a block of an earlier term is seen", () => {
  const { oracles, store, vote } = openHistory();
  const second = blockOn(genesis, 1);
  for (const node of [a, b]) store(node, { blocks: [second] });
  vote(a, 2, a);
  breaks("leaders count blocks of their own term", () => oracles.onSend(a, b, append(2, 2)));
});

function openFinal() {
  const history = openHistory();
  const second = blockOn(genesis, 1);
  history.vote(a, 1, a);
  for (const node of [a, b]) history.store(node, { blocks: [second] });
  history.oracles.onSend(a, b, append(1, 2));
  return { ...history, second };
}

test("another final block at a height, and none at all, are seen", () => {
  const { oracles, store } = openFinal();
  breaks("one final block a height", () => oracles.onCommit(c, 2));
  store(c, { blocks: [blockOn(genesis, 2)] });
  breaks("one final block a height", () => oracles.onCommit(c, 2));
});

test("a final block that leaves a disk is seen: always where it was known, elsewhere when the quorum is lost", () => {
  const { sync } = openFinal();
  const batch = { keepNum: blockNumOf(1), blocks: [] };
  breaks("commit never goes back", () => sync(a, batch));
  breaks("final blocks stay", () => sync(b, batch));
});

test("states that differ at the same height are seen", () => {
  const { oracles, second } = openFinal();
  const { id, header } = second;
  const applied = { num: header.blockNum, id, time: header.time, eventRoot: zeroChecksum };
  oracles.onExecuted(a, { ...applied, stateRoot: checksumOf("1".repeat(64)) });
  breaks("equal states at equal heights", () =>
    oracles.onExecuted(b, { ...applied, stateRoot: checksumOf("2".repeat(64)) }),
  );
});
