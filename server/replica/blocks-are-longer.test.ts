import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { blocksAreLonger } from "./blocks-are-longer.ts";
import { blocksLongerBytesMin, blocksLongerMin } from "./limits.ts";
import { testBlocks } from "./test-support.ts";

/** Each block of about so many bytes. */
function isLonger(count: number, bytes: number, snapshotBytes: number): boolean {
  const [block] = testBlocks({ count: 1, transactions: () => [new Uint8Array(bytes)] });
  assert.ok(block !== undefined);
  const log = { readBlock: () => ({ kind: "found", block }) as const };
  return blocksAreLonger(log, { from: 1, to: count }, snapshotBytes);
}

test("a snapshot takes the place of blocks that are much longer, and not of what comes in seconds", () => {
  const count = 1_024;
  const blockBytes = (2 * blocksLongerBytesMin) / count;
  assert.ok(isLonger(count, blockBytes, 0));
  assert.ok(!isLonger(count, blockBytes, blocksLongerBytesMin * 1.1), "about as long as the state");
  assert.ok(!isLonger(count, blockBytes / 4, 0), "few bytes");
  assert.ok(!isLonger(blocksLongerMin - 1, (4 * blocksLongerBytesMin) / blocksLongerMin, 0), "few");
});

test("blocks that cannot be read are no reason for a snapshot", () => {
  const log = { readBlock: () => ({ kind: "corrupt", num: blockNumOf(1) }) as const };
  assert.ok(!blocksAreLonger(log, { from: 1, to: 10_000 }, 0));
});

test("a few long blocks among many short ones, as while somebody publishes, are no reason for a snapshot", () => {
  const count = 400;
  const [short, long] = [100, 2 * 2 ** 20].map(
    (bytes) => testBlocks({ count: 1, transactions: () => [new Uint8Array(bytes)] })[0],
  );
  assert.ok(short !== undefined && long !== undefined);
  for (let at = 0; at < 23; at += 1) {
    const log = {
      readBlock: (num: number) =>
        ({ kind: "found", block: ((num + at) * 7) % 23 < 7 ? long : short }) as const,
    };
    assert.ok(!blocksAreLonger(log, { from: 1, to: count }, 0), `${at}`);
  }
});
