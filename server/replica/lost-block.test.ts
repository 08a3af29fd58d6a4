import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { copiesAwaitedMs, requestAgainMs, stateAskedAgainMs } from "./limits.ts";
import { LostBlock } from "./lost-block.ts";
import { Repair } from "./repair.ts";
import { testBlocks, TestClock, TestLinks, TestLog, testNode } from "./test-support.ts";

const [anna, ben] = [testNode(1), testNode(2)];
const blocks = testBlocks({ count: 12 });
const block = (num: number) => blocks[num - 1] ?? assert.fail();

/** Blocks up to 6 are executed, and 7 is damaged. */
function open() {
  const log = new TestLog(blocks);
  log.damaged.add(7);
  const links = new TestLinks(anna, ben);
  const clock = new TestClock();
  const { id, header } = block(12);
  const head = { num: header.blockNum, id, term: 1, time: header.time };
  const facts = { applied: 6, isLeading: false };
  const transferred: string[] = [];
  const told: number[] = [];
  const repair = new Repair({ log, links, clock, onRepaired: () => undefined });
  const lost = new LostBlock({
    repair,
    links,
    clock,
    chain: { applied: () => ({ num: blockNumOf(facts.applied), id: block(facts.applied).id }) },
    state: () => ({
      log: { head },
      role: facts.isLeading ? "leader" : "follower",
      announcedNum: 10,
    }),
    onLost: (num) => void told.push(num),
    transfer: (to) => void transferred.push(to),
  });
  repair.want(blockNumOf(7));
  lost.watch();
  /** Who was asked for what is behind which block. */
  const asked = () =>
    links.take().flatMap(({ to, message }) => {
      if (message.kind !== "chain-request") return [];
      assert.deepEqual(message.head, { num: 12, id: block(12).id });
      return [[to === anna ? "anna" : "ben", message.final.num, message.final.id === block(6).id]];
    });
  return { clock, facts, links, repair, lost, transferred, told, asked };
}

test("copies come first: only when nobody gives one the state behind the block is asked for, of one after the other", () => {
  const { clock, lost, told, asked } = open();
  clock.advance(copiesAwaitedMs - 1);
  assert.equal(lost.num, undefined);
  assert.deepEqual([asked(), told], [[], []]);
  clock.advance(1 + 2 * stateAskedAgainMs);
  assert.equal(lost.num, 7);
  assert.deepEqual(asked().slice(0, 2), [
    ["anna", 6, true],
    ["ben", 6, true],
  ]);
  assert.deepEqual(told, [7]);
});

test("with a lost block only a later state helps, also where the log holds its block", () => {
  const { clock, lost } = open();
  assert.deepEqual([lost.neededAfter, lost.hides(blockNumOf(9))], [10, false]);
  clock.advance(copiesAwaitedMs);
  assert.deepEqual([lost.neededAfter, lost.hides(blockNumOf(10))], [6, true]);
  assert.equal(lost.hides(blockNumOf(11)), false, "whether that one is final is news");
});

test("a copy, or a state that is behind it, ends the asking", () => {
  for (const end of ["copy", "state"]) {
    const { clock, facts, lost, repair, asked } = open();
    clock.advance(copiesAwaitedMs);
    asked();
    if (end === "copy") repair.receive([block(7)]);
    else facts.applied = 9;
    assert.equal(lost.num, undefined);
    clock.advance(3 * stateAskedAgainMs);
    assert.deepEqual(asked(), []);
  }
});

test("whoever leads without being able to execute lets others lead: the state that it names proves no snapshot", () => {
  const { clock, facts, transferred, asked } = open();
  facts.isLeading = true;
  clock.advance(copiesAwaitedMs + stateAskedAgainMs);
  assert.deepEqual(asked(), []);
  assert.deepEqual(new Set(transferred), new Set([anna, ben]));
});

test("a node without links asks as soon as it has one", () => {
  const { clock, links, asked } = open();
  links.nodes = [];
  clock.advance(copiesAwaitedMs + 3 * stateAskedAgainMs);
  assert.deepEqual(asked(), []);
  links.nodes = [ben];
  clock.advance(stateAskedAgainMs + requestAgainMs);
  assert.deepEqual(asked(), [["ben", 6, true]]);
});
