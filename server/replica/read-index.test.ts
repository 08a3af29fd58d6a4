import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, type BlockNum, type NodeId } from "@kith/protocol/ids";

import { readIndexMsMax } from "./limits.ts";
import { ReadIndex } from "./read-index.ts";
import { TestClock, TestLinks, testNode } from "./test-support.ts";

const [anna, ben, cleo] = [testNode(1), testNode(2), testNode(3)];

function openReads(leader: { self: boolean; node: NodeId | undefined }, asksItself = false) {
  const clock = new TestClock();
  const links = new TestLinks(anna, ben);
  const askedCore: number[] = [];
  const answers: (BlockNum | undefined)[] = [];
  const reads = new ReadIndex({
    clock,
    links,
    ask: (request) => askedCore.push(request),
    leader: () => leader,
    asksItself: () => asksItself,
  });
  const read = (): void => reads.request((num) => answers.push(num));
  return { clock, links, reads, askedCore, answers, read, leader };
}

const self = { self: true, node: undefined };
const response = (request: number, num?: number) =>
  ({
    kind: "read-index-response",
    request,
    ...(num === undefined ? {} : { num: blockNumOf(num) }),
  }) as const;

test("a leader asks its own core, and the reader gets the height once", () => {
  const { clock, reads, askedCore, answers, read } = openReads({ ...self });
  read();
  assert.deepEqual(askedCore, [1]);
  reads.answer(1, blockNumOf(8));
  reads.answer(1, blockNumOf(9));
  assert.deepEqual(answers, [8]);
  assert.equal(clock.waiting, 0);
});

test("a follower asks the leader and hands on its answer", () => {
  const { links, reads, askedCore, answers, read } = openReads({ self: false, node: anna });
  read();
  assert.deepEqual(links.take(), [
    { to: anna, message: { kind: "read-index-request", request: 1 } },
  ]);
  reads.receive(anna, response(1, 5));
  assert.deepEqual(answers, [5]);
  assert.deepEqual(askedCore, []);
});

test("the leader's refusal fails the read", () => {
  const { reads, answers, read } = openReads({ self: false, node: anna });
  read();
  reads.receive(anna, response(1));
  assert.deepEqual(answers, [undefined]);
});

test("an answer from a node that was not asked is not believed", () => {
  const { reads, answers, read } = openReads({ self: false, node: anna });
  read();
  reads.receive(ben, response(1, 3));
  reads.receive(anna, response(7, 3));
  assert.deepEqual(answers, []);
  reads.receive(anna, response(1, 6));
  assert.deepEqual(answers, [6]);
});

test("no node can answer what this node's own core was asked", () => {
  const { reads, answers, read } = openReads({ ...self });
  read();
  reads.receive(anna, response(1, 3));
  assert.deepEqual(answers, []);
});

test("without a leader, or without a link to it, a read fails at once", () => {
  const nobody = openReads({ self: false, node: undefined });
  nobody.read();
  assert.deepEqual(nobody.answers, [undefined]);
  const cutOff = openReads({ self: false, node: cleo });
  cutOff.read();
  assert.deepEqual(cutOff.answers, [undefined]);
  assert.equal(cutOff.clock.waiting, 0);
});

test("a read that nobody answers fails when its time is over, and a late answer changes nothing", () => {
  const { clock, reads, answers, read } = openReads({ self: false, node: anna });
  read();
  clock.advance(readIndexMsMax - 1);
  assert.deepEqual(answers, []);
  clock.advance(1);
  assert.deepEqual(answers, [undefined]);
  reads.receive(anna, response(1, 5));
  assert.deepEqual(answers, [undefined]);
});

test("a leader that loses its term fails the reads it was asked for, its own and those of others", () => {
  const { links, reads, askedCore, answers, read, leader } = openReads({ ...self });
  read();
  reads.requestFor(ben, 40);
  assert.deepEqual(askedCore, [1, 2]);
  Object.assign(leader, { self: false, node: anna });
  for (const request of askedCore) reads.answer(request, undefined);
  assert.deepEqual(answers, [undefined]);
  assert.deepEqual(links.take(), [
    { to: ben, message: { kind: "read-index-response", request: 40 } },
  ]);
  reads.answer(1, blockNumOf(5));
  assert.deepEqual(answers, [undefined], "what the core says about an older term comes too late");
  read();
  assert.deepEqual(links.take(), [
    { to: anna, message: { kind: "read-index-request", request: 3 } },
  ]);
});

test("a question of another node is answered under the number that it gave", () => {
  const { links, reads } = openReads({ ...self });
  reads.requestFor(ben, 40);
  reads.requestFor(anna, 40);
  reads.answer(2, blockNumOf(9));
  reads.answer(1, blockNumOf(8));
  assert.deepEqual(links.take(), [
    { to: anna, message: response(40, 9) },
    { to: ben, message: response(40, 8) },
  ]);
});

test("a node that does not lead refuses the questions of others at once", () => {
  const { links, reads, askedCore } = openReads({ self: false, node: anna });
  reads.requestFor(ben, 4);
  assert.deepEqual(askedCore, []);
  assert.deepEqual(links.take(), [{ to: ben, message: response(4) }]);
});

test("where leaders are not trusted every node asks its own core, with or without a leader", () => {
  const { links, reads, askedCore, answers, read } = openReads({ self: false, node: anna }, true);
  read();
  reads.receive(anna, response(1, 5));
  assert.deepEqual(links.take(), []);
  assert.deepEqual(answers, []);
  reads.answer(1, blockNumOf(7));
  const alone = openReads({ self: false, node: undefined }, true);
  alone.read();
  assert.deepEqual([askedCore, answers, alone.askedCore], [[1], [7], [1]]);
});
