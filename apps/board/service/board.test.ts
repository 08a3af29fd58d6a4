import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { codeOf, testNetwork, valueOf } from "@kith/testing";

import { moderated } from "./events.ts";
import { board } from "./index.ts";

/** What an author writes: the app on a real chain, in the sandbox (`kith test`). The cases are in `test/chain`. */

const network = await testNetwork({ app: join(import.meta.dirname, ".."), service: board });
const alice = network.account("alice");
const bob = network.account("bob");
const owner = board.name;

test("members write, and everybody sees who writes the most", async () => {
  const thread = valueOf(network.as(alice).startThread({ title: "Roof", text: "It leaks." }));
  assert.equal(valueOf(network.as(bob).reply({ thread, text: "It does.", replyTo: 0 })), 1);
  assert.equal(valueOf(network.as(bob).reply({ thread, text: "Still." })), 2);
  assert.deepEqual(valueOf(await network.ask().busiestAuthors({ limit: 10 })), [
    { author: bob, posts: 2 },
    { author: alice, posts: 1 },
  ]);
  const refused = await network.ask().busiestAuthors({ limit: 0 });
  assert.equal(codeOf(refused), "limit-invalid");
});

test("moderation is told to everybody, and what it hides is counted no more", async () => {
  const hide = { thread: 1, number: 1, enabled: true, reason: "spam" };
  assert.equal(codeOf(network.as(alice).hidePost(hide)), "role-insufficient");
  valueOf(network.as(owner).hidePost(hide));
  assert.equal(network.events(moderated).length, 1);
  const [first] = valueOf(await network.ask().busiestAuthors({ limit: 1 }));
  assert.deepEqual(first, { author: alice, posts: 1 });
});
