import assert from "node:assert/strict";
import { test } from "node:test";

import { FileWrites } from "./file-writes.ts";
import { writePauseMsMin, writeShareMax } from "./limits.ts";

test("everybody who waits shares one write, and the next one waits in proportion to what it took", async () => {
  const node = { committed: 1, written: 0, writes: 0 };
  const writeMs = 20;
  const files = new FileWrites({
    writtenNum: () => node.written,
    write: async () => {
      node.writes++;
      await new Promise((resolve) => setTimeout(resolve, writeMs));
      node.written = node.committed;
    },
  });
  await Promise.all(Array.from({ length: 10 }, () => files.reach(1)));
  assert.equal(node.writes, 1);
  await files.reach(1);
  assert.equal(node.writes, 1, "the file has it");
  node.committed = 2;
  const startMs = performance.now();
  await files.reach(2);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs >= writeMs * (1 / writeShareMax - 1) * 0.9, `after ${tookMs} ms`);
  assert.ok(tookMs >= writePauseMsMin);
});

test("a disk that fails is told to those who wait", async () => {
  const files = new FileWrites({
    writtenNum: () => 0,
    write: () => Promise.reject(new Error("the disk is full")),
  });
  await assert.rejects(files.reach(1), /the disk is full/);
});
