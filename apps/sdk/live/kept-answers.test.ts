import assert from "node:assert/strict";
import { test } from "node:test";

import { keptAnswers, type TextStore } from "./kept-answers.ts";
import { TestStore } from "./test-store.ts";

/** A page of somebody, which keeps everything at once. */
function pageOf(store: TextStore, name = "alice", network = "one") {
  return keptAnswers(network, { store, user: () => name, later: (run) => run() });
}

test("the next page finds the last answers of the same network and user", () => {
  const store = new TestStore();
  pageOf(store).set("board /query/a", ["old"]);
  pageOf(store).set("board /query/a", ["new"]);
  assert.deepEqual(pageOf(store).get("board /query/a"), ["new"]);
  assert.equal(pageOf(store).get("board /query/b"), undefined);
  assert.equal(pageOf(store, "alice", "two").get("board /query/a"), undefined);
});

test("whoever comes next sees nothing of it, and what was there is forgotten with the first answer", () => {
  const store = new TestStore();
  pageOf(store).set("a", "hers");
  const his = pageOf(store, "bob");
  assert.equal(his.get("a"), undefined);
  his.set("b", "his");
  assert.equal(pageOf(store).get("a"), undefined);
});

test("so many answers are kept and no more, the last ones; one that is too long is forgotten", () => {
  const store = new TestStore();
  const kept = pageOf(store);
  for (let at = 0; at < 50; at++) kept.set(`q${at}`, at);
  assert.deepEqual([kept.get("q0"), kept.get("q49")], [undefined, 49]);
  kept.set("q49", "x".repeat(200_000));
  assert.equal(kept.get("q49"), undefined);
});

test("answers that come in a crowd are written once", () => {
  const store = new TestStore();
  const waiting: (() => void)[] = [];
  const later = (run: () => void): void => void waiting.push(run);
  const kept = keptAnswers("one", { store, user: () => "alice", later });
  for (let at = 0; at < 5; at++) kept.set("q", at);
  assert.deepEqual([waiting.length, store.texts.size, kept.get("q")], [1, 0, 4]);
  waiting[0]?.();
  assert.equal(pageOf(store).get("q"), 4);
  kept.set("q", 5);
  assert.equal(waiting.length, 2);
});

test("a storage that is full, or holds something else, costs answers and nothing else", () => {
  const store = new TestStore();
  const kept = pageOf(store);
  for (let at = 0; at < 8; at++) kept.set(`q${at}`, "x".repeat(1000));
  store.charsMax = 4000;
  kept.set("q8", "newest");
  assert.deepEqual([pageOf(store).get("q8"), pageOf(store).get("q0")], ["newest", undefined]);
  store.charsMax = 10;
  kept.set("q9", "none");
  assert.equal(pageOf(store).get("q9"), undefined);
  assert.equal(kept.get("q9"), "none", "the page itself still has it");
  for (const text of ["no json", "[]", '{"user":"alice","answers":[[1,2],"x"]}']) {
    store.texts.set("kith answers one", text);
    assert.equal(pageOf(store).get("q8"), undefined, text);
  }
});
