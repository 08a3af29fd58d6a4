import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { copiesAwaitedMs, repairsAskedMax, requestAgainMs } from "./limits.ts";
import { Repair } from "./repair.ts";
import { testBlocks, TestClock, TestLinks, TestLog, testNode } from "./test-support.ts";

const [anna, ben] = [testNode(1), testNode(2)];

function damagedLog(...nums: readonly number[]) {
  const blocks = testBlocks({ count: 40 });
  const log = new TestLog(blocks);
  const links = new TestLinks(anna, ben);
  const clock = new TestClock();
  for (const num of nums) log.damaged.add(num);
  let repaired = 0;
  const repair = new Repair({ log, links, clock, onRepaired: () => repaired++ });
  const asked = () =>
    links.take().map(({ to, message }) => {
      assert.equal(message.kind, "blocks-request");
      assert.equal(message.from, message.to);
      return [to === anna ? "anna" : "ben", message.from];
    });
  const block = (num: number) => {
    const found = blocks[num - 1];
    assert.ok(found !== undefined);
    return found;
  };
  return { log, links, clock, repair, asked, block, repaired: () => repaired };
}

test("pitfall 33: a damaged block is asked for at once, and a copy with its id takes its place", () => {
  const { log, repair, asked, block, repaired } = damagedLog(7);
  assert.ok(repair.want(blockNumOf(7)));
  assert.deepEqual(asked(), [["anna", 7]]);
  assert.deepEqual(repair.wanted, [7]);
  repair.receive([block(7)]);
  assert.equal(repaired(), 1);
  assert.deepEqual(repair.wanted, []);
  assert.deepEqual(log.readBlock(blockNumOf(7)), { kind: "found", block: block(7) });
});

test("while nobody answers, another node is asked after each second; then nobody any more", () => {
  const { clock, repair, asked, block } = damagedLog(7);
  repair.want(blockNumOf(7));
  asked();
  clock.advance(requestAgainMs - 1);
  assert.deepEqual(asked(), []);
  clock.advance(1);
  assert.deepEqual(asked(), [["ben", 7]]);
  clock.advance(2 * requestAgainMs);
  assert.deepEqual(asked(), [
    ["anna", 7],
    ["ben", 7],
  ]);
  repair.receive([block(7)]);
  clock.advance(10 * requestAgainMs);
  assert.deepEqual(asked(), []);
  assert.equal(clock.waiting, 0);
});

test("a node without links keeps asking until it has one", () => {
  const { links, clock, repair, asked } = damagedLog(7);
  links.nodes = [];
  repair.want(blockNumOf(7));
  clock.advance(5 * requestAgainMs);
  assert.deepEqual(asked(), []);
  links.nodes = [ben];
  clock.advance(requestAgainMs);
  assert.deepEqual(asked(), [["ben", 7]]);
});

test("an answer without the block, or with another block of that number, changes nothing", () => {
  const { log, clock, repair, asked, block, repaired } = damagedLog(7);
  repair.want(blockNumOf(7));
  asked();
  const [, , , , , , other] = testBlocks({ count: 7, term: 2 });
  assert.ok(other?.header.blockNum === 7);
  repair.receive([]);
  repair.receive([other, block(8)]);
  assert.equal(repaired(), 0);
  assert.equal(log.readBlock(blockNumOf(7)).kind, "corrupt");
  clock.advance(requestAgainMs);
  assert.deepEqual(asked(), [["ben", 7]]);
});

test("where the row has lost the id, the block behind it says it", () => {
  const { log, repair, block, repaired } = damagedLog(7);
  log.idLost.add(7);
  assert.ok(repair.want(blockNumOf(7)));
  repair.receive([block(7)]);
  assert.equal(repaired(), 1);
});

test("a block whose id nobody knows is not asked for, and the caller is told", () => {
  const { log, repair, asked } = damagedLog(40);
  log.idLost.add(40);
  assert.equal(repair.want(blockNumOf(40)), false);
  assert.deepEqual(asked(), []);
  assert.deepEqual(repair.wanted, []);
});

test("neighbours that have all lost their ids are mended from the last one back", () => {
  const { log, repair, asked, block, repaired } = damagedLog(7, 8, 9);
  for (const num of [7, 8, 9]) log.idLost.add(num);
  assert.ok(repair.want(blockNumOf(7)));
  assert.deepEqual(repair.wanted, [7, 8, 9]);
  assert.ok(repair.want(blockNumOf(8)));
  assert.deepEqual(asked(), [["anna", 9]]);
  repair.receive([block(9)]);
  repair.receive([block(8), block(7)]);
  assert.equal(repaired(), 3);
  assert.deepEqual(repair.wanted, []);
  for (const num of [7, 8, 9]) assert.equal(log.readBlock(blockNumOf(num)).kind, "found");
});

test("neighbours that have lost their ids up to the end of the log are not asked for", () => {
  const { log, repair, asked } = damagedLog(39, 40);
  for (const num of [39, 40]) log.idLost.add(num);
  assert.equal(repair.want(blockNumOf(39)), false);
  assert.deepEqual(asked(), []);
  assert.deepEqual(repair.wanted, []);
});

test("what has left the log is neither mended nor asked for any more", () => {
  const { log, clock, repair, asked, block, repaired } = damagedLog(5, 6, 7, 9);
  for (const num of [5, 6]) log.idLost.add(num);
  for (const num of [5, 9]) assert.ok(repair.want(blockNumOf(num)));
  asked();
  log.dropBefore(blockNumOf(8));
  repair.receive([block(7)]);
  assert.equal(log.readBlock(blockNumOf(7)).kind, "absent");
  assert.deepEqual(repair.wanted, [9]);
  log.dropBefore(blockNumOf(10));
  clock.advance(2 * requestAgainMs);
  assert.deepEqual(asked(), []);
  assert.deepEqual(repair.wanted, []);
  assert.equal(repaired(), 2, "whoever waits for it goes on");
  assert.equal(clock.waiting, 0);
});

test("a block that is wanted twice is asked for once", () => {
  const { repair, asked } = damagedLog(7);
  assert.ok(repair.want(blockNumOf(7)));
  assert.ok(repair.want(blockNumOf(7)));
  assert.deepEqual(asked(), [["anna", 7]]);
});

test("a copy that comes again while the first is written is written once", () => {
  const { log, repair, block, repaired } = damagedLog(7);
  log.holdWrites = true;
  repair.want(blockNumOf(7));
  repair.receive([block(7)]);
  repair.receive([block(7)]);
  assert.deepEqual(repair.wanted, [7], "until the copy is durable, the block is damaged");
  log.sync();
  assert.equal(repaired(), 1);
  assert.deepEqual(repair.wanted, []);
});

test("a block that nobody has does not keep the others from being asked for", () => {
  const { clock, repair, asked, block, repaired } = damagedLog(3, 4, 5);
  for (const num of [3, 4, 5]) repair.want(blockNumOf(num));
  assert.deepEqual(asked(), [
    ["anna", 3],
    ["anna", 4],
    ["anna", 5],
  ]);
  repair.receive([block(4), block(5)]);
  assert.equal(repaired(), 2);
  clock.advance(requestAgainMs);
  assert.deepEqual(
    asked().map(([, num]) => num),
    [3],
  );
});

test("of many damaged blocks only some are asked for at a time, each in its turn", () => {
  const nums = Array.from({ length: 2 * repairsAskedMax }, (_, index) => index + 2);
  const { clock, repair, asked } = damagedLog(...nums);
  for (const num of nums) repair.want(blockNumOf(num));
  const first = asked().map(([, num]) => num);
  assert.equal(first.length, repairsAskedMax);
  clock.advance(requestAgainMs);
  const second = asked().map(([, num]) => num);
  assert.deepEqual(new Set([...first, ...second]), new Set(nums));
});

test("what was asked for in vain for long counts as lost, also where only its successor would name it, until a copy comes", () => {
  const { log, clock, repair, block } = damagedLog(7, 8);
  log.idLost.add(7);
  repair.want(blockNumOf(7));
  clock.advance(copiesAwaitedMs - 1);
  assert.deepEqual(
    [7, 8].map((num) => repair.isLost(blockNumOf(num))),
    [false, false],
  );
  clock.advance(1);
  assert.deepEqual(
    [6, 7, 8].map((num) => repair.isLost(blockNumOf(num))),
    [false, true, true],
  );
  repair.receive([block(8)]);
  assert.ok(!repair.isLost(blockNumOf(8)));
  assert.ok(repair.isWanted(blockNumOf(7)));
});
