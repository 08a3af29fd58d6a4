import assert from "node:assert/strict";
import { test } from "node:test";

import { preparedUnusedDaysMax } from "./limits.ts";
import { filesToRemove } from "./prepared-retention.ts";

const dayMs = 86_400_000;
const nowMs = 1_000 * dayMs;
const used = (name: string, daysAgo: number, sizeBytes: number) => ({
  name,
  sizeBytes,
  usedMs: nowMs - daysAgo * dayMs,
});

function removed(bytesMax: number, ...files: ReturnType<typeof used>[]): string[] {
  return filesToRemove(files, { nowMs, bytesMax }).map(({ name }) => name);
}

test("nothing goes while there is room and it is of use", () => {
  assert.deepEqual(removed(100, used("a", 0, 50), used("b", preparedUnusedDaysMax, 50)), []);
});

test("what nobody has used for long goes, however much room there is", () => {
  assert.deepEqual(removed(100, used("a", preparedUnusedDaysMax + 1, 1), used("b", 0, 1)), ["a"]);
});

test("a quarter is made free, of what was used longest ago", () => {
  const files = [used("a", 1, 30), used("b", 9, 30), used("c", 5, 30), used("d", 0, 30)];
  assert.deepEqual(removed(119, ...files), ["b", "c"]);
});

test("few large ones of today do not drive out the many small ones of today", () => {
  const small = Array.from({ length: 50 }, (_, at) => used(`small-${at}`, 0.1, 1));
  const large = Array.from({ length: 4 }, (_, at) => used(`large-${at}`, 0, 32));
  const gone = removed(100, ...small, ...large);
  assert.deepEqual(gone.toSorted(), ["large-0", "large-1", "large-2", "large-3"]);
});

test("a file of tomorrow, after a clock was set back, is as good as one of today", () => {
  assert.deepEqual(removed(100, used("a", -3, 60), used("b", 2, 60)), ["b"]);
});
