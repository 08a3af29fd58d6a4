import assert from "node:assert/strict";
import { test } from "node:test";

import {
  pinnedMax,
  postBytesMax,
  postsPerHourMax,
  reactionBytesMax,
  reactionKindsMax,
  reactionsByAccountMax,
  reasonBytesMax,
  revisionsMax,
  titleBytesMax,
} from "@kith/board/limits";
import { board } from "@kith/board/service";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { keyOf, owner, ownerKey } from "./network.ts";
import { ServiceNetwork } from "./service-network.ts";

const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const mona = accountNameConstant("mona");
const keys = new Map<AccountName, Uint8Array>([
  [alice, keyOf(7)],
  [bob, keyOf(8)],
  [mona, keyOf(9)],
  [board.name, keyOf(10)],
]);
const reason = "because";
const hourSeconds = 3600;

/** A board with two members, alice and bob, and a moderator, mona. */
class BoardNetwork extends ServiceNetwork<typeof board.actions> {
  constructor() {
    const actions = ownKey(board.name, keyOf(10));
    super({ service: board, keys, network: { services: [board.module], actions } });
    for (const [name, key] of keys) if (name !== board.name) this.createAccount(name, key);
    assert.equal(this.act(board.name, "appoint", { account: mona, role: "moderator" }), "done");
  }

  createAccount(name: AccountName, key: Uint8Array): void {
    const action = packAction(owner, accountsInterface, "create", { name, key: publicKeyOf(key) });
    assert.equal(this.run([action], ownerKey).failure, undefined, name);
  }

  start(title: string, author = alice): number {
    const thread = this.act(author, "startThread", { title, text: `about ${title}` });
    assert.ok(typeof thread === "number", `not started: ${thread}`);
    return thread;
  }

  /** One field of all rows of a query, page by page. */
  all(path: string, field: string): readonly unknown[] {
    const found: unknown[] = [];
    let after = "";
    for (let turn = 0; turn < 30; turn++) {
      const { status, json } = this.get(path + after);
      assert.equal(status, 200, path);
      const { rows, next } = Object(json) as { readonly rows: readonly object[]; next?: string };
      found.push(...rows.map((row): unknown => Reflect.get(row, field)));
      if (next === undefined) return found;
      after = `&after=${next}`;
    }
    throw new Error(`${path} does not end`);
  }
}

/** Accounts of genesis act for nobody, unless genesis gives them a key. */
function ownKey(name: AccountName, key: Uint8Array): readonly Action[] {
  return [
    packAction(name, authSigInterface, "setKey", { key: publicKeyOf(key) }),
    packAction(name, accountsInterface, "setAuthService", { authService: authSigInterface.name }),
  ];
}

test("members start threads and answer, and posts are numbered in order", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  assert.equal(thread, 1);
  assert.equal(network.act(bob, "reply", { thread, text: "rye" }), 1);
  assert.equal(network.act(alice, "reply", { thread, text: "why", replyTo: 1 }), 2);
  assert.equal(network.act(bob, "reply", { thread, text: "x", replyTo: 3 }), "post-unknown");
  assert.equal(network.act(bob, "reply", { thread: 9, text: "x" }), "thread-unknown");
  assert.deepEqual(network.all("/threads/1/posts?limit=2", "text"), ["about bread", "rye", "why"]);
  assert.deepEqual(network.all("/threads/1/posts?", "replyTo"), [null, null, 1]);
  assert.equal(network.start("jam"), 2);
});

test("texts have sizes, in bytes, and say something", () => {
  const network = new BoardNetwork();
  const start = (title: string, text: string): unknown =>
    network.act(mona, "startThread", { title, text });
  assert.equal(start(" ", "x"), "title-empty");
  assert.equal(start("a\nb", "x"), "title-malformed");
  assert.equal(start("x".repeat(titleBytesMax + 1), "x"), "title-too-long");
  assert.equal(start("é".repeat(titleBytesMax / 2 + 1), "x"), "title-too-long");
  assert.equal(start("x", ""), "post-empty");
  assert.equal(start("x", "x".repeat(postBytesMax + 1)), "post-too-long");
  assert.equal(start("x".repeat(titleBytesMax), "x".repeat(postBytesMax)), 1);
  const long = "x".repeat(reasonBytesMax + 1);
  assert.equal(
    network.act(mona, "lock", { thread: 1, enabled: true, reason: long }),
    "reason-too-long",
  );
  const react = (kind: string): unknown =>
    network.act(mona, "react", { thread: 1, number: 0, kind });
  assert.equal(react(""), "reaction-empty");
  assert.equal(react("a b"), "reaction-malformed");
  assert.equal(react("x".repeat(reactionBytesMax + 1)), "reaction-too-long");
});

test("authors edit their posts, and earlier texts stay readable", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  const edit = (sender: AccountName, text: string): unknown =>
    network.act(sender, "edit", { thread, number: 0, text });
  assert.equal(edit(bob, "mine"), "not-the-author");
  assert.equal(edit(mona, "mine"), "not-the-author");
  assert.equal(edit(alice, "about bread"), "post-unchanged");
  assert.equal(edit(alice, "second"), "done");
  assert.equal(edit(alice, "third"), "done");
  const revisions = "/threads/1/posts/0/revisions";
  assert.deepEqual(network.all(revisions, "text"), ["about bread", "second"]);
  assert.deepEqual(network.all("/threads/1/posts", "text"), ["third"]);
  for (let number = 2; number < revisionsMax; number++) edit(alice, `text ${number}`);
  assert.equal(edit(alice, "once more"), "too-many-edits");
});

test("reactions are counted, and taken back once", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  const at = { thread, number: 0 };
  const counts = (): unknown => network.all("/threads/1/posts", "reactions")[0];
  assert.equal(network.act(alice, "react", { ...at, kind: "👍" }), "done");
  assert.equal(network.act(bob, "react", { ...at, kind: "👍" }), "done");
  assert.equal(network.act(bob, "react", { ...at, kind: "👍" }), "reaction-exists");
  assert.equal(network.act(bob, "react", { ...at, kind: "🍞" }), "done");
  assert.deepEqual(counts(), { "👍": 2, "🍞": 1 });
  assert.equal(network.act(bob, "unreact", { ...at, kind: "👍" }), "done");
  assert.equal(network.act(bob, "unreact", { ...at, kind: "👍" }), "reaction-unknown");
  assert.equal(network.act(bob, "unreact", { ...at, kind: "🍞" }), "done");
  assert.deepEqual(counts(), { "👍": 1 });
  assert.equal(network.act(bob, "react", { thread, number: 1, kind: "x" }), "post-unknown");
});

test("one account gives a post few reactions, and all of them not too many kinds", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  const react = (kind: string): unknown => network.act(bob, "react", { thread, number: 0, kind });
  for (let kind = 0; kind < reactionsByAccountMax; kind++) assert.equal(react(`k${kind}`), "done");
  assert.equal(react("more"), "too-many-reactions");
  const people = Math.ceil(reactionKindsMax / reactionsByAccountMax);
  const codes = new Set<unknown>();
  for (let person = 0; person < people; person++) {
    const name = accountNameConstant(`p${person}`);
    keys.set(name, keyOf(20 + person));
    network.createAccount(name, keyOf(20 + person));
    for (let kind = 0; kind < reactionsByAccountMax; kind++) {
      const args = { thread, number: 0, kind: `k${person}.${kind}` };
      codes.add(network.act(name, "react", args));
    }
    keys.delete(name);
  }
  assert.deepEqual([...codes], ["done", "too-many-kinds"]);
});

test("a locked thread is for moderators only, until it is open again", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  const lock = (sender: AccountName, enabled: boolean): unknown =>
    network.act(sender, "lock", { thread, enabled, reason });
  assert.equal(lock(bob, true), "role-insufficient");
  assert.equal(lock(mona, true), "done");
  assert.equal(lock(mona, true), "nothing-changes");
  assert.equal(network.act(bob, "reply", { thread, text: "rye" }), "thread-locked");
  assert.equal(network.act(alice, "edit", { thread, number: 0, text: "x" }), "thread-locked");
  assert.equal(network.act(mona, "reply", { thread, text: "locked" }), 1);
  assert.equal(lock(mona, false), "done");
  assert.equal(network.act(bob, "reply", { thread, text: "rye" }), 2);
});

test("hidden posts lose their text in answers, hidden threads are not there", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  network.act(bob, "reply", { thread, text: "rude" });
  const hidePost = { thread, number: 1, enabled: true, reason };
  assert.equal(network.act(alice, "hidePost", hidePost), "role-insufficient");
  assert.equal(network.act(mona, "hidePost", hidePost), "done");
  assert.deepEqual(network.all("/threads/1/posts", "text"), ["about bread", ""]);
  assert.equal(network.act(bob, "edit", { thread, number: 1, text: "nice" }), "post-hidden");
  assert.equal(network.act(alice, "react", { thread, number: 1, kind: "x" }), "post-hidden");
  assert.equal(network.get("/threads/1/posts/1/revisions").status, 404);
  const hide = { thread, enabled: true, reason };
  assert.equal(network.act(mona, "hideThread", hide), "done");
  assert.deepEqual(network.all("/threads", "id"), []);
  for (const path of ["/threads/1", "/threads/1/posts", "/threads/1/posts/0/revisions"]) {
    assert.equal(network.get(path).status, 404, path);
  }
  assert.deepEqual(network.all("/authors/bob/posts", "number"), []);
  assert.equal(network.act(bob, "reply", { thread, text: "x" }), "role-insufficient");
  assert.equal(network.act(mona, "hideThread", { ...hide, enabled: false }), "done");
  assert.deepEqual(network.all("/threads", "id"), [1]);
  assert.equal(network.act(mona, "hidePost", { ...hidePost, enabled: false }), "done");
  assert.deepEqual(network.all("/authors/bob/posts", "text"), ["rude"]);
});

test("pinned threads come first, then those with the newest posts; pages have no gaps", () => {
  const network = new BoardNetwork();
  const [first, second, third] = ["a", "b", "c"].map((title) => network.start(title));
  assert.deepEqual(network.all("/threads?limit=1", "id"), [third, second, first]);
  network.act(bob, "reply", { thread: first ?? 0, text: "x" });
  assert.deepEqual(network.all("/threads?limit=1", "id"), [first, third, second]);
  network.act(mona, "pin", { thread: second ?? 0, enabled: true, reason });
  assert.deepEqual(network.all("/threads?limit=2", "id"), [second, first, third]);
  assert.deepEqual(network.all("/threads?limit=1", "title"), ["b", "a", "c"]);
});

test("only some threads are pinned at the same time", () => {
  const network = new BoardNetwork();
  const pin = (thread: number, enabled: boolean): unknown =>
    network.act(mona, "pin", { thread, enabled, reason });
  assert.equal(pin(1, true), "thread-unknown");
  for (let at = 1; at <= pinnedMax; at++) {
    network.start(`t${at}`, mona);
    assert.equal(pin(at, true), "done");
  }
  network.start("one more", mona);
  assert.equal(pin(pinnedMax + 1, true), "too-many-pinned");
  assert.equal(pin(3, false), "done");
  assert.equal(pin(pinnedMax + 1, true), "done");
});

test("a ban keeps a member from writing until it ends", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  const now = (): number => network.time * 1_000_000;
  const ban = (account: AccountName, until?: number): unknown =>
    network.act(mona, "ban", { account, reason, ...(until === undefined ? {} : { until }) });
  assert.equal(network.act(alice, "ban", { account: bob, reason }), "role-insufficient");
  assert.equal(ban(bob, now()), "ban-over");
  assert.equal(ban(mona), "ban-of-moderator");
  assert.equal(ban(board.name), "ban-of-moderator");
  assert.equal(ban(bob, now() + hourSeconds * 1_000_000), "done");
  const reply = (): unknown => network.act(bob, "reply", { thread, text: "rye" });
  assert.equal(reply(), "banned");
  assert.equal(network.act(bob, "startThread", { title: "x", text: "x" }), "banned");
  assert.equal(network.act(bob, "react", { thread, number: 0, kind: "x" }), "banned");
  network.time += hourSeconds;
  assert.equal(reply(), 1);
  assert.equal(ban(bob), "done");
  network.time += 1000 * hourSeconds;
  assert.equal(reply(), "banned");
  assert.equal(network.act(mona, "unban", { account: bob, reason }), "done");
  assert.equal(network.act(mona, "unban", { account: bob, reason }), "ban-unknown");
  assert.equal(reply(), 2);
});

test("members post so many times an hour, moderators as often as they need", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread", mona);
  const reply = packAction(bob, board, "reply", { thread, text: "rye" });
  const many = Array.from({ length: postsPerHourMax }, () => reply);
  assert.equal(network.run(many, keys.get(bob)).failure, undefined);
  assert.equal(network.act(bob, "reply", { thread, text: "x" }), "posting-too-often");
  network.time += hourSeconds;
  assert.equal(network.act(bob, "reply", { thread, text: "x" }), postsPerHourMax + 1);
  const byModerator = packAction(mona, board, "reply", { thread, text: "rye" });
  const more = Array.from({ length: postsPerHourMax + 1 }, () => byModerator);
  assert.equal(network.run(more, keys.get(mona)).failure, undefined);
});

test("owners appoint and dismiss, and the board's own account is always one", () => {
  const network = new BoardNetwork();
  const appoint = (sender: AccountName, account: AccountName, role: string): unknown =>
    network.act(sender, "appoint", { account, role });
  assert.equal(appoint(mona, bob, "moderator"), "role-insufficient");
  assert.equal(appoint(board.name, alice, "king"), "role-unknown");
  assert.equal(appoint(board.name, accountNameConstant("nobody"), "owner"), "account-unknown");
  assert.equal(appoint(board.name, board.name, "moderator"), "role-fixed");
  assert.equal(appoint(board.name, alice, "owner"), "done");
  assert.equal(appoint(alice, bob, "moderator"), "done");
  assert.deepEqual(network.all("/moderators", "account"), ["alice", "bob", "mona"]);
  const dismiss = (sender: AccountName, account: AccountName): unknown =>
    network.act(sender, "dismiss", { account, reason });
  assert.equal(dismiss(bob, mona), "role-insufficient");
  assert.equal(dismiss(bob, bob), "done");
  assert.equal(dismiss(alice, bob), "role-unknown");
  assert.equal(dismiss(alice, board.name), "role-fixed");
  assert.equal(dismiss(alice, alice), "done");
});

test("what moderators do is an event that can be proved, what members do is history", () => {
  const network = new BoardNetwork();
  const thread = network.start("bread");
  const before = network.chain.applied()?.eventRoot;
  const reply = packAction(bob, board, "reply", { thread, text: "rye" });
  const written = network.block([network.transaction([reply], keyOf(8))]);
  assert.deepEqual(
    written.events.map(({ declared }) => declared.name),
    ["posted"],
  );
  assert.equal(written.applied.eventRoot, before);
  const lock = packAction(mona, board, "lock", { thread, enabled: true, reason });
  const locked = network.block([network.transaction([lock], keyOf(9))]);
  assert.deepEqual(
    locked.events.map(({ declared }) => declared.name),
    ["moderated"],
  );
  assert.notEqual(locked.applied.eventRoot, before);
});

test("wrong questions get a code, other paths are the site's", () => {
  const network = new BoardNetwork();
  const code = (path: string): unknown => Reflect.get(Object(network.get(path).json), "code");
  assert.equal(code("/threads?limit=0"), "page-invalid");
  assert.equal(code("/threads?after=x"), "page-invalid");
  assert.equal(code("/threads/1"), "thread-unknown");
  assert.equal(code("/threads/x/posts"), "thread-unknown");
  assert.equal(code("/authors/!!/posts"), "account-invalid");
  for (const path of ["/", "/index.html", "/threads/1/x", "/threads/1/posts/0", "/moderators/x"]) {
    assert.equal(network.get(path).status, 0, path);
  }
});
