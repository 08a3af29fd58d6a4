import assert from "node:assert/strict";
import { test } from "node:test";

import { parseBlockId, type BlockId } from "@kith/protocol/ids";

import { networkWatch } from "./network-watch.ts";

function networkOf(digits: string): BlockId {
  const id = parseBlockId(`00000001${digits.repeat(28)}`);
  assert.ok(id.ok);
  return id.value;
}

const one = networkOf("ab");
const other = networkOf("cd");

test("another network is noticed whenever it is told, and not only at first", () => {
  let others = 0;
  const isMine = networkWatch(one, () => others++);
  // The frame greets with what the browser remembers, before a node has said anything.
  assert.deepEqual([isMine(one), isMine(one), others], [true, true, 0]);
  assert.deepEqual([isMine(other), others], [false, 1]);
});

test("what an earlier page knew is compared with, and where there was none, what is told first", () => {
  let others = 0;
  const onOther = (): void => void others++;
  assert.deepEqual([networkWatch(one, onOther)(other), others], [false, 1]);
  const isMine = networkWatch(undefined, onOther);
  assert.deepEqual([isMine(other), others], [true, 1]);
  assert.deepEqual([isMine(one), others], [false, 2]);
});
