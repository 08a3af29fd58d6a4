import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/sdk/types";

import type { PostShown } from "../../interface.ts";
import { shownPosts } from "./shown-posts.ts";
import type { SentWrite, Write } from "./source.ts";

const viewer = accountNameConstant("alice");
const bob = accountNameConstant("bob");

function post(number: number, more: Partial<PostShown> = {}): PostShown {
  const made = { author: bob, text: `text ${number}`, postedAt: 0, hidden: false, reactions: [] };
  return { number, ...made, ...more };
}

function sent(write: Write, state: SentWrite["state"], more: Partial<SentWrite> = {}): SentWrite {
  return { id: "w1", write, at: 5, state, ...more };
}

const reply: Write = { kind: "reply", thread: 1, text: "mine", replyTo: 0 };
const onePost = [post(0)];

test("a reply is there at once, says how it stands, and keeps its place when the network has it", () => {
  for (const state of ["sending", "queued", "failed"] as const) {
    const write = sent(reply, state);
    const [, mine] = shownPosts(onePost, 1, { writes: [write], viewer });
    assert.deepEqual([mine?.key, mine?.number, mine?.text], ["w1", undefined, "mine"]);
    assert.deepEqual([mine?.pending, mine?.replyTo, mine?.author], [write, 0, viewer]);
  }
  const final = sent(reply, "final", { result: 1 });
  const [, waiting] = shownPosts(onePost, 1, { writes: [final], viewer });
  assert.deepEqual([waiting?.key, waiting?.number, waiting?.pending], ["w1", 1, undefined]);
  const told = shownPosts([post(0), post(1, { text: "told" })], 1, { writes: [final], viewer });
  assert.deepEqual(
    told.map(({ key, text }) => [key, text]),
    [
      ["post-0", "text 0"],
      ["w1", "told"],
    ],
  );
});

test("a reply is not shown twice when the page has begun again behind it", () => {
  const writes = [sent(reply, "final", { result: 3 })];
  const shown = shownPosts([post(0), post(8), post(9)], 1, { writes, viewer });
  assert.deepEqual(
    shown.map(({ number }) => number),
    [0, 8, 9],
  );
});

test("a reply to another thread, and one of somebody who signed out, is not here", () => {
  const writes = [sent(reply, "sending")];
  assert.equal(shownPosts(onePost, 2, { writes, viewer }).length, 1);
  assert.equal(shownPosts(onePost, 1, { writes, viewer: undefined }).length, 1);
});

test("an edit shows at once, and says how it stands until it is final", () => {
  const edit: Write = { kind: "edit", thread: 1, number: 0, text: "better" };
  const textIn = (state: SentWrite["state"]): unknown => {
    const [shown] = shownPosts(onePost, 1, { writes: [sent(edit, state)], viewer });
    return [shown?.text, shown?.pending?.state];
  };
  assert.deepEqual(textIn("sending"), ["better", "sending"]);
  assert.deepEqual(textIn("failed"), ["better", "failed"]);
  assert.deepEqual(textIn("final"), ["better", undefined]);
});

function reactionsOf(before: PostShown["reactions"], write: SentWrite): unknown {
  const posts = [post(0, { reactions: before })];
  return shownPosts(posts, 1, { writes: [write], viewer })[0]?.reactions;
}

test("reactions count at once, and once, also when the network has heard of them before the page", () => {
  const react: Write = { kind: "react", thread: 1, number: 0, reaction: "👍" };
  const others = [{ kind: "👍", count: 2, own: false }];
  const own = [{ kind: "👍", count: 3, own: true }];
  assert.deepEqual(reactionsOf(others, sent(react, "sending")), own);
  assert.deepEqual(reactionsOf(own, sent(react, "final")), own);
  assert.deepEqual(reactionsOf([], sent(react, "queued")), [{ kind: "👍", count: 1, own: true }]);
  assert.deepEqual(reactionsOf(others, sent(react, "failed")), others);
  const unreact: Write = { ...react, kind: "unreact" };
  assert.deepEqual(reactionsOf(own, sent(unreact, "sending")), others);
  assert.deepEqual(
    reactionsOf([{ kind: "👍", count: 1, own: true }], sent(unreact, "sending")),
    [],
  );
});

test("of several reactions in a row the last one holds", () => {
  const react: Write = { kind: "react", thread: 1, number: 0, reaction: "👍" };
  const writes = [sent(react, "final"), sent({ ...react, kind: "unreact" }, "sending")];
  assert.deepEqual(shownPosts(onePost, 1, { writes, viewer })[0]?.reactions, []);
});
