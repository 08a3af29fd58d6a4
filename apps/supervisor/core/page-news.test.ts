import assert from "node:assert/strict";
import { test } from "node:test";

import { parseBlockId, parseTransactionId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { FrameMessage, WriteState } from "@kith/sdk/connect/page-messages";

import { PageNews } from "./page-news.ts";

const [alice, berta, board] = ["alice", "berta", "board"].map(accountNameConstant);
const id = parseBlockId("01".repeat(32));
const transactionId = parseTransactionId("ab".repeat(32));
assert.ok(id.ok && transactionId.ok && board !== undefined);
const network = id.value;
const root = "kith.localhost:8080";
const left: WriteState = {
  transactionId: transactionId.value,
  app: board,
  state: "queued",
  signedAt: 5,
  actions: ["board::reply"],
  calls: [],
  isOfThisPage: false,
  canRetry: false,
};

/** A browser where alice has left something, and where it takes a while to find that. */
function openNews() {
  const told: FrameMessage[] = [];
  const browser = { user: alice, isBroken: false };
  const news = new PageNews({
    tell: (message) => void told.push(message),
    root,
    network: async () => {
      if (browser.isBroken) throw new Error("no node");
      return network;
    },
    user: async () => browser.user,
    writesFor: async (user) => {
      await new Promise((found) => setTimeout(found, 5));
      return user === alice ? [left] : [];
    },
  });
  return { news, browser, told };
}

test("a page that hears that it is connected hears what an earlier one has left, in one word", async () => {
  const { news, told } = openNews();
  await news.greet();
  assert.deepEqual(told, [{ ready: { network, root, user: alice, writes: [left] } }]);
});

test("with another user come that user's writes, and with nobody none", async () => {
  for (const user of [berta, undefined]) {
    const { news, browser, told } = openNews();
    browser.user = user;
    await news.greet();
    const ready = { network, root, writes: [], ...(user === undefined ? {} : { user }) };
    assert.deepEqual(told, [{ ready }]);
  }
});

test("what has changed among the writes is told alone", async () => {
  const { news, told } = openNews();
  await news.tellWrites();
  assert.deepEqual(told, [{ writes: { writes: [left] } }]);
});

test("an answer that waits for what was to be told comes behind it, and greetings come in their order", async () => {
  const { news, browser, told } = openNews();
  await news.caughtUp();
  browser.user = undefined;
  void news.greet();
  const signedOut = news.caughtUp();
  browser.user = alice;
  void news.greet();
  await signedOut;
  assert.equal(told.length, 1);
  await news.caughtUp();
  const ready = { network, root, user: alice, writes: [left] };
  assert.deepEqual([told.length, told.at(-1)], [2, { ready }]);
});

test("a greeting that fails holds up nothing", async () => {
  const { news, browser, told } = openNews();
  browser.isBroken = true;
  await assert.rejects(news.greet());
  await news.caughtUp();
  browser.isBroken = false;
  await news.greet();
  assert.equal(told.length, 1);
});
