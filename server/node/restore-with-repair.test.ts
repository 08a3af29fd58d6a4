import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chain } from "@kith/chain/chain";
import type { Restored } from "@kith/consensus/core/start";
import type { SealedBlock } from "@kith/protocol/block";
import { noConsensus, type ConsensusPoint } from "@kith/protocol/consensus-point";
import { blockNumOf, brandAccountName, type NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import { copiesAwaitedMs, requestAgainMs } from "@kith/replica/limits";
import {
  testBlocks,
  TestClock,
  TestLinks,
  TestCertificates,
  TestLog,
  testNode,
} from "@kith/replica/test-support";

import { restoreWithRepair } from "./restore-with-repair.ts";

const [anna, ben] = [testNode(1), testNode(2)];
const blocks = testBlocks({ count: 12, commitLag: 3 });

class Stopped extends Error {}

/** The chain's producers; whoever they are, `anna` and `ben` are linked. */
const pointOf = (algorithm: "cft" | "bft", producers: readonly NodeId[]): ConsensusPoint => ({
  ...noConsensus,
  joint: {
    current: {
      algorithm,
      producers: producers.map((node) => ({ account: brandAccountName("producer"), node })),
    },
  },
});

function start(
  damaged: readonly number[],
  { applied = 8, idLost = [] as number[], point = pointOf("cft", [anna, ben]) } = {},
) {
  const log = new TestLog(blocks);
  for (const num of damaged) log.damaged.add(num);
  for (const num of idLost) log.idLost.add(num);
  const links = new TestLinks(anna, ben);
  const clock = new TestClock();
  const said: string[] = [];
  const handlers = { onMessage: (_from: NodeId, _message: NodeMessage): void => undefined };
  const { id, header } = blocks[applied - 1] ?? {};
  const executed = { id, time: header?.time };
  const chain = {
    applied: () => ({ ...executed, num: blockNumOf(applied) }),
    consensusPoint: () => point,
    snapshotBlock: () => undefined,
  };
  const restored = restoreWithRepair({
    log,
    certificates: new TestCertificates(),
    chain: chain as unknown as Chain,
    links,
    clock,
    handlers,
    say: (text) => said.push(text),
    waitsFor: (reason) => assert.equal(reason, said.at(-1)),
    stopLoudly: (reason) => {
      throw new Stopped(reason);
    },
    onForgetting: () => said.push("forgetting"),
  });
  const facts: { restored?: Restored } = {};
  const settled = restored.then(
    (value) => {
      facts.restored = value;
    },
    () => undefined,
  );
  const give = (from: NodeId, ...nums: readonly number[]): void => {
    const given = nums.map((num) => blocks[num - 1]).filter((block) => block !== undefined);
    handlers.onMessage(from, { kind: "blocks-response", blocks: given, finalNum: blockNumOf(8) });
  };
  /** What a node answers that has gone on to block `final` and has of the damaged blocks only `other`. */
  const tellFinal = (from: NodeId, final: number, ...other: readonly SealedBlock[]): void =>
    handlers.onMessage(from, {
      kind: "blocks-response",
      blocks: other,
      finalNum: blockNumOf(final),
    });
  return { log, links, clock, said, handlers, facts, settled, restored, give, tellFinal };
}

const asked = (links: TestLinks): number[] =>
  links.take().map(({ message }) => {
    assert.equal(message.kind, "blocks-request");
    return message.from;
  });

/** Lets everything run that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const numsOf = (some: readonly SealedBlock[]): number[] =>
  some.map(({ header }) => header.blockNum);

test("a whole log needs nobody", async () => {
  const { links, said, restored } = start([]);
  assert.deepEqual(numsOf((await restored).blocks), [9, 10, 11, 12]);
  assert.deepEqual(said, []);
  assert.deepEqual(links.take(), []);
});

test("a node with damaged newest blocks takes no part until others have given it all of them", async () => {
  const { links, said, facts, settled, restored, give } = start([10, 11]);
  await turn();
  assert.deepEqual(asked(links), [10, 11]);
  assert.match(said[0] ?? "", /^blocks 10, 11 of log\.db are damaged; asking other nodes/);
  give(anna, 10);
  await turn();
  assert.equal(facts.restored, undefined);
  give(anna, 11);
  await settled;
  assert.deepEqual(numsOf((await restored).blocks), [9, 10, 11, 12]);
  assert.equal(said.at(-1), "damaged blocks are replaced");
});

test("when the newest block is back, it tells of others that are damaged", async () => {
  const { links, settled, give, restored } = start([10, 12]);
  await turn();
  assert.deepEqual(asked(links), [12]);
  give(anna, 12);
  await turn();
  assert.deepEqual(asked(links), [10]);
  give(ben, 10);
  await settled;
  assert.deepEqual(numsOf((await restored).blocks), [9, 10, 11, 12]);
});

test("while nobody has the block, the node asks one after the other and waits", async () => {
  const { links, clock, facts, settled, give } = start([11]);
  await turn();
  const first = links.take().map(({ to }) => to);
  clock.advance(requestAgainMs);
  const second = links.take().map(({ to }) => to);
  assert.deepEqual([...first, ...second], [anna, ben]);
  give(anna);
  give(ben, 10);
  clock.advance(20 * requestAgainMs);
  await turn();
  assert.equal(facts.restored, undefined);
  give(ben, 11);
  await settled;
  links.take();
  clock.advance(20 * requestAgainMs);
  assert.deepEqual(links.take(), [], "and then asks no more");
});

test("people are told once, and with a code, when nobody has the copies", async () => {
  const { clock, said, give, settled } = start([10, 11]);
  await turn();
  clock.advance(copiesAwaitedMs - 1);
  assert.equal(said.length, 1);
  clock.advance(10 * copiesAwaitedMs);
  assert.equal(said.length, 2);
  assert.match(said[1] ?? "", /^copies-missing: no linked node has copies of .* 10, 11 of log\.db/);
  give(anna, 10, 11);
  await settled;
  const prompt = start([11]);
  await turn();
  prompt.give(ben, 11);
  await prompt.settled;
  prompt.clock.advance(copiesAwaitedMs);
  assert.deepEqual(prompt.said.slice(1), ["damaged blocks are replaced"]);
});

test("two nodes with different damage help each other: one that waits hands out what it can read", async () => {
  const { links, handlers } = start([11]);
  await turn();
  links.take();
  const request = (num: number): void =>
    handlers.onMessage(ben, {
      kind: "blocks-request",
      from: blockNumOf(num),
      to: blockNumOf(num),
    });
  request(9);
  request(11);
  assert.deepEqual(links.take(), [
    {
      to: ben,
      message: { kind: "blocks-response", blocks: blocks.slice(8, 9), finalNum: blockNumOf(8) },
    },
    { to: ben, message: { kind: "blocks-response", blocks: [], finalNum: blockNumOf(8) } },
  ]);
});

test("votes and blocks of a running network are not answered while the log is not whole", async () => {
  const { links, handlers, facts } = start([11]);
  await turn();
  links.take();
  const message = { pre: false, transfer: false, headTerm: 9, headNum: 9, term: 9 } as unknown;
  handlers.onMessage(anna, { ...(message as object), kind: "vote-request" } as NodeMessage);
  await turn();
  assert.deepEqual(links.take(), []);
  assert.equal(facts.restored, undefined);
});

test("a block whose id is lost is identified by its successor, once that is back", async () => {
  const { links, settled, give, restored } = start([10, 11], { idLost: [10] });
  await turn();
  assert.deepEqual(asked(links), [11]);
  give(anna, 11);
  await turn();
  assert.deepEqual(asked(links), [10]);
  give(anna, 10);
  await settled;
  assert.deepEqual(numsOf((await restored).blocks), [9, 10, 11, 12]);
});

test("blocks that nobody gives are dropped when the network has gone on without this node, and not sooner", async () => {
  const { clock, facts, log, said, settled, restored, tellFinal } = start([10, 11]);
  await turn();
  tellFinal(anna, 13);
  await turn();
  assert.equal(facts.restored, undefined, "another node may still have copies");
  clock.advance(copiesAwaitedMs);
  tellFinal(ben, 12);
  await settled;
  assert.deepEqual(numsOf((await restored).blocks), [8, 9]);
  assert.deepEqual(log.range(), { first: 1, last: 9 });
  assert.match(said.at(-1) ?? "", /went on without blocks 10 and later/);
});

test("what this node may have confirmed as one of the quorum is never dropped", async () => {
  const { clock, facts, log, tellFinal } = start([10, 11]);
  await turn();
  clock.advance(copiesAwaitedMs);
  tellFinal(anna, 12);
  tellFinal(ben, 12);
  await turn();
  assert.equal(facts.restored, undefined);
  assert.deepEqual(log.range(), { first: 1, last: 12 });
});

test("of the last block no copy is needed where it is executed: which one it is suffices", async () => {
  const { links, said, restored, log } = start([8, 12], { applied: 12 });
  const { base, blocks: behind, commitNum } = await restored;
  const last = blocks[11];
  const { id, header } = last ?? assert.fail();
  assert.deepEqual(base, { num: 12, id, term: header.term, time: header.time });
  assert.deepEqual([behind, commitNum, said, links.take()], [[], 12, [], []]);
  assert.deepEqual(log.range(), { first: 1, last: 12 });
});

test("a block in whose place another one is final is dropped with what follows, and what comes before it is not", async () => {
  const { clock, links, facts, log, settled, give, restored, tellFinal } = start([9, 11]);
  await turn();
  links.take();
  const other = testBlocks({ count: 11, term: 2 }).slice(10);
  clock.advance(copiesAwaitedMs);
  tellFinal(anna, 10, ...other);
  await turn();
  assert.deepEqual(log.range(), { first: 1, last: 12 }, "the other one is not final");
  tellFinal(anna, 11, ...other);
  await turn();
  assert.deepEqual(log.range(), { first: 1, last: 10 });
  assert.equal(facts.restored, undefined);
  give(ben, 9);
  await settled;
  assert.deepEqual(numsOf((await restored).blocks), [8, 9, 10]);
});

test("a damaged block that nothing but the dropped one identifies is dropped with it", async () => {
  const { clock, log, settled, restored, tellFinal } = start([10, 11], { idLost: [10] });
  await turn();
  const other = testBlocks({ count: 11, term: 2 }).slice(10);
  clock.advance(copiesAwaitedMs);
  tellFinal(anna, 11, ...other);
  await settled;
  assert.deepEqual(numsOf((await restored).blocks), [8, 9]);
  assert.deepEqual(log.range(), { first: 1, last: 9 });
});

test("under bft one liar's word drops nothing, nor that of nodes that are no producers", async () => {
  const others = [3, 4, 5].map(testNode);
  const point = pointOf("bft", [anna, ben, ...others.slice(0, 2)]);
  const { clock, facts, log, restored, said, settled, tellFinal } = start([11], { point });
  await turn();
  clock.advance(copiesAwaitedMs);
  tellFinal(anna, 20);
  tellFinal(anna, 21);
  tellFinal(testNode(5), 20);
  await turn();
  assert.equal(facts.restored, undefined);
  tellFinal(testNode(3), 13);
  await settled;
  assert.deepEqual(log.range(), { first: 1, last: 10 });
  assert.equal((await restored).isDoubtful, true, "what it voted for in its term is forgotten");
  assert.ok(said.includes("forgetting"));
});

test("a damaged block that nothing can identify stops the node with advice", async () => {
  const { restored } = start([12], { idLost: [12] });
  await assert.rejects(restored, /does not know which blocks belong in 12\. Move the whole/);
});

test("what no other node can mend stops the node with advice", async () => {
  const { restored } = start([], { applied: 20 });
  await assert.rejects(restored, /log\.db lost acknowledged blocks\. Move the whole data folder/);
});
