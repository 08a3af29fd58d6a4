import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, type BlockNum } from "@kith/protocol/ids";

import { startScrubbing } from "./scrub-log.ts";

const hourMs = 60 * 60 * 1_000;

test("each damaged block is found, asked for once, and told of again when it is whole", () => {
  let nowMs = 0;
  let timer: { readonly atMs: number; readonly run: () => void } | undefined;
  const broken = new Set([3, 10, 21]);
  const asked: BlockNum[] = [];
  const said: string[] = [];
  let reads = 0;
  const stop = startScrubbing({
    log: {
      range: () => ({ first: blockNumOf(2), last: blockNumOf(21) }),
      scrub: (from, count) => {
        reads += count;
        const nums = Array.from({ length: count }, (_, index) => blockNumOf(from + index));
        return nums.filter((num) => broken.has(num));
      },
    },
    clock: {
      now: () => ({ monotonicMs: nowMs, wallMicros: nowMs * 1_000 }),
      after: (delayMs, run) => {
        timer = { atMs: nowMs + delayMs, run };
        return () => {
          timer = undefined;
        };
      },
    },
    repair: (num) => asked.push(num),
    say: (text) => said.push(text),
  });
  const runUntil = (endMs: number): void => {
    for (let due = timer; due !== undefined && due.atMs <= endMs; due = timer) {
      nowMs = due.atMs;
      due.run();
    }
    nowMs = endMs;
  };

  runUntil(10_000);
  assert.deepEqual(asked, [3, 10, 21]);
  assert.equal(said.length, 3);
  broken.clear();
  runUntil(12_000);
  assert.deepEqual(said.slice(3), [
    "block 3 of log.db is repaired",
    "block 10 of log.db is repaired",
    "block 21 of log.db is repaired",
  ]);

  reads = 0;
  runUntil(20 * hourMs);
  assert.equal(reads, 0, "a whole log is left alone for a day");
  broken.add(7);
  runUntil(30 * hourMs);
  assert.deepEqual(asked, [3, 10, 21, 7]);
  stop();
  assert.equal(timer, undefined);
});
