import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, blockNumOf, checksumOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { BlockFeed, type ExecutedBlock } from "./block-feed.ts";
import { FrameReader } from "./frames.ts";
import { backlogBlocksMax, changesFrameBytes } from "./limits.ts";
import { toProcessCodec, type ChangesMessage } from "./messages.ts";

const service = accountNameConstant("app");

function block(num: number, rowBytes: readonly number[]): ExecutedBlock {
  const root = checksumOf("00".repeat(32));
  const id = blockIdOf("00".repeat(32));
  const changes = rowBytes.map((size, at) => ({
    address: { service, space: 0, key: Uint8Array.of(num, at) },
    row: size < 0 ? undefined : new Uint8Array(size),
  }));
  const applied = { num: blockNumOf(num), id, time: num, stateRoot: root, eventRoot: root };
  return { applied, changes: () => changes, changedRows: changes.length };
}

function messagesSince(feed: BlockFeed, num: number): readonly ChangesMessage[] {
  const reader = new FrameReader();
  return [...feed.framesSince(num)].flatMap((frame) =>
    [...reader.push(frame)].map((bytes) => {
      const message = toProcessCodec.trustedUnpack(bytes);
      assert.ok("changes" in message);
      return message.changes;
    }),
  );
}

test("many or large changes go in several frames, each of which says of which blocks", () => {
  const feed = new BlockFeed(() => 4);
  const large = changesFrameBytes / 2 + 1;
  feed.add(block(5, [large, large, 10]));
  feed.add(block(6, [-1, large, large, large]));
  const messages = messagesSince(feed, 0);
  assert.deepEqual(
    messages.map(({ first, applied, changes }) => [first, applied.num, changes.length]),
    [
      [5, 6, 2],
      [5, 6, 4],
      [5, 6, 1],
    ],
  );
  const all = messages.flatMap(({ changes }) => changes);
  assert.deepEqual(
    all.map(({ row }) => row?.length),
    [large, large, 10, undefined, large, large, large],
  );
});

test("what the file has is not sent, and not kept", () => {
  let written = 0;
  const feed = new BlockFeed(() => written);
  for (let num = 1; num <= 10; num++) feed.add(block(num, [1]));
  assert.deepEqual(
    messagesSince(feed, 3).map(({ first }) => first),
    [4],
  );
  written = 7;
  assert.deepEqual(
    messagesSince(feed, 3).map(({ first }) => first),
    [8],
  );
  feed.add(block(11, [1]));
  written = 0;
  assert.deepEqual(
    messagesSince(feed, 3).map(({ first }) => first),
    [8],
    "the others are gone",
  );
  written = 11;
  assert.deepEqual(messagesSince(feed, 3), []);
});

test("blocks behind a snapshot begin again, and a file that is never written does not fill the memory", () => {
  const feed = new BlockFeed(() => 0);
  feed.add(block(1, [1]));
  feed.add(block(50, [1]));
  assert.deepEqual(
    messagesSince(feed, 0).map(({ first }) => first),
    [50],
  );
  for (let num = 51; num <= 51 + backlogBlocksMax; num++) feed.add(block(num, []));
  assert.deepEqual(
    messagesSince(feed, 0).map(({ first }) => first),
    [52],
  );
});
