import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { codeOf, testNetwork, valueOf } from "@kith/testing";

import { board } from "./index.ts";
import { pageRowsMax, shownPostsMax } from "./limits.ts";

const app = join(import.meta.dirname, "..");
const reason = "because";

test("threads come page by page, pinned ones first, and none twice or left out", async () => {
  const network = await testNetwork({ app, service: board });
  const alice = network.account("alice");
  for (const title of ["a", "b", "c", "d", "e"]) {
    valueOf(network.as(alice).startThread({ title, text: title }));
    network.travel(60);
  }
  valueOf(network.as(alice).reply({ thread: 1, text: "again" }));
  valueOf(network.as(board.name).pin({ thread: 3, enabled: true, reason }));
  valueOf(network.as(board.name).hideThread({ thread: 4, enabled: true, reason }));
  const titles: string[] = [];
  let after: string | undefined;
  do {
    const page = valueOf(
      await network.ask().newestThreads({ limit: 2, ...(after === undefined ? {} : { after }) }),
    );
    titles.push(...page.threads.map(({ title }) => title));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(titles, ["c", "a", "e", "b"]);
  for (const wrong of ["x", "2.1.1", "1.1", "1.1.99999999999"]) {
    const refused = await network.ask().newestThreads({ limit: 2, after: wrong });
    assert.equal(codeOf(refused), "after-invalid", wrong);
  }
  for (const limit of [0, pageRowsMax + 1]) {
    assert.equal(codeOf(await network.ask().newestThreads({ limit })), "limit-invalid");
  }
});

test("a thread is shown with its opening, its last posts and the reactions to them, the viewer's own marked", async () => {
  const network = await testNetwork({ app, service: board });
  const alice = network.account("alice");
  const bob = network.account("bob");
  const thread = valueOf(network.as(alice).startThread({ title: "Roof", text: "It leaks." }));
  for (const text of ["one", "two", "three"]) {
    valueOf(network.as(bob).reply({ thread, text, replyTo: 0 }));
  }
  for (const [name, number, kind] of [
    [alice, 0, "👍"],
    [bob, 0, "👍"],
    [bob, 0, "🔧"],
    [alice, 3, "🔧"],
    [bob, 1, "👍"],
  ] as const) {
    valueOf(network.as(name).react({ thread, number, kind }));
  }
  const ask = async (args: { viewer?: typeof alice; before?: number; limit: number }) =>
    valueOf(await network.ask().threadWithPosts({ thread, ...args })).shown;

  const shown = await ask({ viewer: alice, limit: 2 });
  assert.equal(shown?.thread.title, "Roof");
  assert.deepEqual([shown?.thread.posts, shown?.earlier], [4, true]);
  assert.deepEqual(
    shown?.posts.map(({ number, text, replyTo }) => [number, text, replyTo]),
    [
      [2, "two", 0],
      [3, "three", 0],
    ],
  );
  const own = { kind: "👍", count: 2, own: true };
  assert.deepEqual(shown?.opening.reactions, [own, { kind: "🔧", count: 1, own: false }]);
  assert.deepEqual(shown?.posts[1]?.reactions, [{ kind: "🔧", count: 1, own: true }]);

  const before = await ask({ before: 2, limit: 2 });
  assert.deepEqual([before?.posts.map(({ text }) => text), before?.earlier], [["one"], false]);
  assert.deepEqual(before?.posts[0]?.reactions, [{ kind: "👍", count: 1, own: false }]);
  assert.deepEqual((await ask({ before: 0, limit: 2 }))?.posts, []);

  valueOf(network.as(board.name).hidePost({ thread, number: 3, enabled: true, reason }));
  const hidden = (await ask({ limit: 1 }))?.posts[0];
  assert.deepEqual([hidden?.hidden, hidden?.text], [true, ""]);
  valueOf(network.as(board.name).hideThread({ thread, enabled: true, reason }));
  assert.equal(await ask({ limit: 1 }), undefined);
  const unknown = await network.ask().threadWithPosts({ thread: 9, limit: 1 });
  assert.deepEqual(valueOf(unknown), {});
  const tooMany = await network.ask().threadWithPosts({ thread, limit: shownPostsMax + 1 });
  assert.equal(codeOf(tooMany), "limit-invalid");
});

test("an account's standing says what it may do, and why not", async () => {
  const network = await testNetwork({ app, service: board });
  const alice = network.account("alice");
  const standingOf = async (account: typeof alice) =>
    valueOf(await network.ask().standing({ account }));
  assert.deepEqual(await standingOf(alice), { role: "member" });
  assert.deepEqual(await standingOf(board.name), { role: "owner" });
  valueOf(network.as(board.name).ban({ account: alice, reason: "spam" }));
  assert.deepEqual(await standingOf(alice), { role: "member", banned: "spam" });
  valueOf(network.as(board.name).unban({ account: alice, reason }));
  valueOf(network.as(board.name).appoint({ account: alice, role: "moderator" }));
  assert.deepEqual(await standingOf(alice), { role: "moderator" });
});
