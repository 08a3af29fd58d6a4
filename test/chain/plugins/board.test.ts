import assert from "node:assert/strict";
import { test } from "node:test";

import { boardPlugin } from "@kith/board/plugin-interface";
import { board } from "@kith/board/service";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { accountNameConstant } from "@kith/sdk/types";

import { ownPlugin } from "../../plugin-machine.ts";
import { InviteNetwork } from "../invited.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { newBrowser, systemMachine } from "./first-party.ts";

const machine = systemMachine(await ownPlugin("apps/board/plugin/index.ts"));

/** Erin is signed in to the board and to a calendar, which is an app like any other. */
async function withErin(): Promise<TestBrowser> {
  const network = new InviteNetwork({ services: [board.module] });
  const browser = newBrowser({ machine, network });
  const name = accountNameConstant("erin");
  await browser.value(accountsPlugin, "create", { name, device: "x", everywhere: true });
  for (const app of ["board", "calendar"]) {
    await browser.value(accountsPlugin, "signIn", {}, app);
  }
  return browser;
}

test("another app starts a thread in somebody's name once that is allowed, and reads what is there", async () => {
  const browser = await withErin();
  const shared = { title: "Summer fair", text: "On Saturday, at ten." };
  browser.user.will("permission", ({ caller, callee, level }) => {
    assert.deepEqual([caller, callee, level], ["calendar", "board", "medium"]);
    return { answer: "once" };
  });
  const done = await browser.call(boardPlugin, "share", shared, "calendar");
  assert.deepEqual([done.code, done.transaction], ["done", "done"], done.message);
  assert.deepEqual(done.actions, ["erin board::startthread"]);
  const newest = await browser.value(boardPlugin, "newest", { limit: 5 }, "calendar");
  assert.deepEqual(newest, [{ id: 1, title: "Summer fair", posts: 1 }]);
});

test("what the board would refuse is refused before anybody is asked to sign", async () => {
  const browser = await withErin();
  const none = await browser.call(boardPlugin, "share", { title: " ", text: "x" }, "board");
  assert.equal(none.code, "title-empty");
  const many = await browser.call(boardPlugin, "newest", { limit: 1000 }, "calendar");
  assert.equal(many.code, "http-failed");
});

test("drafts are each user's own, go when they are emptied, and no other app sees them", async () => {
  const browser = await withErin();
  const typed = { thread: 3, text: "I have a ladder" };
  await browser.value(boardPlugin, "keepDraft", typed, "board");
  await browser.value(boardPlugin, "keepDraft", { thread: 0, title: "Bread", text: "" }, "board");
  const draft = (thread: number) => browser.value(boardPlugin, "draft", { thread }, "board");
  assert.deepEqual(await draft(3), { text: "I have a ladder" });
  assert.deepEqual(await draft(0), { title: "Bread", text: "" });
  assert.equal(await draft(4), undefined);
  const seen = await browser.call(boardPlugin, "draft", { thread: 3 }, "calendar");
  assert.equal(seen.code, "permission-denied");
  const long = { thread: 3, text: "x".repeat(40_000) };
  assert.equal(
    (await browser.call(boardPlugin, "keepDraft", long, "board")).code,
    "draft-too-long",
  );
  await browser.value(boardPlugin, "keepDraft", { thread: 3, text: "" }, "board");
  assert.equal(await draft(3), undefined);
  await browser.value(accountsPlugin, "signOut", {}, "board");
  assert.equal(
    (await browser.call(boardPlugin, "draft", { thread: 0 }, "board")).code,
    "signed-out",
  );
});
