import assert from "node:assert/strict";
import { test } from "node:test";

import type { Kith } from "@kith/sdk/connect";
import { packAction } from "@kith/sdk/transaction";
import { accountNameConstant, parseTransactionId } from "@kith/sdk/types";

import { boardInterface } from "../../interface.ts";
import { leftWrites } from "./left-writes.ts";

type Written = Kith["writes"][number];

const board = accountNameConstant("board");
const id = parseTransactionId("ab".repeat(32));
assert.ok(id.ok);
const reply = packAction(board, boardInterface, "reply", { thread: 3, text: "hi", replyTo: 1 });
const react = packAction(board, boardInterface, "react", { thread: 3, number: 2, kind: "x" });
const ban = packAction(board, boardInterface, "unban", { account: board, reason: "" });
const written: Written = {
  transactionId: id.value,
  app: board,
  state: "queued",
  signedAt: 5_000_000,
  actions: ["board::reply"],
  calls: [reply],
  isOfThisPage: false,
  canRetry: false,
};

test("what another page has left is read back as it was written", () => {
  const left = leftWrites([
    written,
    { ...written, calls: [react], state: "sent" },
    { ...written, state: "failed", code: "thread-locked", canRetry: true },
  ]);
  const write = { kind: "reply", thread: 3, text: "hi", replyTo: 1 };
  const reaction = { kind: "react", thread: 3, number: 2, reaction: "x" };
  const place = { id: id.value, at: 5000 };
  assert.deepEqual(left, [
    { ...place, write, state: "queued" },
    { ...place, write: reaction, state: "sending" },
    { ...place, write, code: "thread-locked", state: "failed" },
  ]);
});

test("what is final, what this page has written itself, and what it does not show is not left", () => {
  const others: readonly Partial<Written>[] = [
    { state: "final" },
    { isOfThisPage: true },
    { calls: [ban] },
    { calls: [] },
    { calls: [{ method: reply.method, rawData: new Uint8Array([1]) }] },
  ];
  assert.deepEqual(leftWrites(others.map((other) => ({ ...written, ...other }))), []);
});
