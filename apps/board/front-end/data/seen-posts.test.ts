import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/sdk/types";

import type { PostShown, ThreadShown } from "../../interface.ts";
import { inOrder, nothingSeen, withLook, type SeenPosts } from "./seen-posts.ts";

const author = accountNameConstant("alice");

function post(number: number, text = ""): PostShown {
  return { number, author, text, postedAt: 0, hidden: false, reactions: [] };
}

function look(from: number, to: number, more: Partial<ThreadShown> = {}): ThreadShown {
  const count = Math.max(0, to - from + 1);
  const times = { startedAt: 0, lastPostAt: 0 };
  const state = { locked: false, pinned: false };
  return {
    thread: { id: 1, author, title: "", posts: to + 1, ...times, ...state },
    opening: post(0),
    posts: Array.from({ length: count }, (_, at) => post(from + at)),
    earlier: from > 1,
    ...more,
  };
}

function numbers(seen: SeenPosts): readonly number[] {
  return inOrder(seen).map(({ number }) => number);
}

test("new posts push others out of the look at the last ones, and not from the page", () => {
  let seen = withLook(nothingSeen, look(4, 6));
  assert.deepEqual([numbers(seen), seen.before], [[4, 5, 6], 4]);
  seen = withLook(seen, look(6, 8));
  assert.deepEqual([numbers(seen), seen.before], [[4, 5, 6, 7, 8], 4]);
  seen = withLook(seen, look(9, 9));
  assert.deepEqual(numbers(seen), [4, 5, 6, 7, 8, 9]);
});

test("a look further back is put before, until nothing is earlier", () => {
  let seen = withLook(nothingSeen, look(4, 6));
  seen = withLook(seen, look(2, 3));
  assert.deepEqual([numbers(seen), seen.before], [[2, 3, 4, 5, 6], 2]);
  seen = withLook(seen, look(1, 1));
  assert.deepEqual([numbers(seen), seen.before], [[1, 2, 3, 4, 5, 6], undefined]);
});

test("what a page shows has no gaps: after a long break it begins again with the newer part", () => {
  const before = withLook(nothingSeen, look(4, 6));
  const after = withLook(before, look(8, 9));
  assert.deepEqual([numbers(after), after.before], [[8, 9], 8]);
  assert.equal(withLook(after, look(4, 6)), after);
});

test("posts are as they were seen last, and a look at nothing changes nothing", () => {
  let seen = withLook(nothingSeen, look(1, 2));
  seen = withLook(seen, { ...look(2, 2), posts: [post(2, "edited")] });
  assert.deepEqual(
    inOrder(seen).map(({ text }) => text),
    ["", "edited"],
  );
  assert.equal(withLook(seen, look(1, 0)), seen);
});
