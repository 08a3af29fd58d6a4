import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { FinalBlocks } from "./final-blocks.ts";
import { pendingBlocksMax } from "./limits.ts";
import { testBlocks, TestLog } from "./test-support.ts";

const blocks = testBlocks({ count: 9 });

/** The log has the blocks up to the fifth. */
function open() {
  const log = new TestLog(blocks.slice(0, 5));
  const asked: string[] = [];
  const final = new FinalBlocks({
    log,
    finalNum: blockNumOf(3),
    onDamaged: (num) => void asked.push(`damaged ${num}`),
    onMissing: (num) => void asked.push(`missing ${num}`),
  });
  const at = (num: number): string | undefined => final.at(blockNumOf(num))?.id;
  return { log, final, asked, at };
}

test("blocks that are new come from memory, also before they are on the disk, and others from the log", () => {
  const { log, final, asked, at } = open();
  final.note({ blocks: blocks.slice(3, 7) });
  log.damaged.add(4);
  assert.deepEqual([at(3), at(4), at(7)], [blocks[2]?.id, blocks[3]?.id, blocks[6]?.id]);
  final.onExecuted(blockNumOf(4));
  assert.deepEqual([at(4), asked], [undefined, ["damaged 4"]]);
});

test("blocks that the log forgets are not executed", () => {
  const { final, asked, at } = open();
  final.note({ blocks: blocks.slice(5, 8) });
  const other = testBlocks({ after: blocks[5] ?? assert.fail(), count: 1, term: 2 });
  final.note({ keepNum: blockNumOf(6), blocks: other });
  assert.deepEqual([at(6), at(7)], [blocks[5]?.id, other[0]?.id]);
  assert.deepEqual([at(8), asked], [undefined, ["missing 8"]]);
});

test("behind a snapshot nothing of before counts", () => {
  const { final, at } = open();
  final.note({ blocks: blocks.slice(5, 8) });
  final.commit(blockNumOf(7));
  assert.equal(final.num, 7);
  final.onSnapshot(blockNumOf(30));
  assert.deepEqual([final.num, at(7)], [30, undefined]);
  final.onSnapshot(blockNumOf(25));
  assert.equal(final.num, 30, "only the state was behind");
});

test("a node that is far behind with executing keeps so many in memory, and reads the others again", () => {
  const { log, final, at } = open();
  const many = testBlocks({ count: pendingBlocksMax + 10 });
  final.note({ blocks: many });
  log.blocks.clear();
  assert.equal(at(pendingBlocksMax), many[pendingBlocksMax - 1]?.id);
  assert.equal(at(pendingBlocksMax + 1), undefined);
});
