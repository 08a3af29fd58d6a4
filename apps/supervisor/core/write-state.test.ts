import assert from "node:assert/strict";
import { test } from "node:test";

import { parseTransactionId } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packSigned, transactionCodec } from "@kith/protocol/transactions";

import type { WriteRow } from "./database.ts";
import { maySee, stateOf } from "./write-state.ts";

const [alice, bob, board, chat, home] = ["alice", "bob", "board", "chat", "home"].map((name) =>
  accountNameConstant(name),
) as [AccountName, AccountName, AccountName, AccountName, AccountName];
type AccountName = ReturnType<typeof accountNameConstant>;
const id = parseTransactionId("ab".repeat(32));
assert.ok(id.ok);
const method = methodNameConstant("reply");
const rawData = new Uint8Array([1, 2]);
const actions = [
  { sender: alice, service: board, method, rawData },
  { sender: alice, service: chat, method, rawData },
];
const tapos = { expiration: 1, flags: 0, refBlockIndex: 0 };
const transaction = transactionCodec.pack({ tapos, actions, claims: [] });
const row: WriteRow = {
  id: id.value,
  app: board,
  user: alice,
  page: "first",
  bytes: packSigned({ transaction, proofs: [] }),
  signedAt: 5,
  actions: ["board::reply", "chat::reply"],
  state: "failed",
  isRepeatable: true,
  effects: [],
};

test("an app sees its own writes, home all, and nobody those of another user", () => {
  assert.ok(maySee({ app: board, user: alice }, row));
  assert.ok(maySee({ app: home, user: alice }, row));
  assert.ok(!maySee({ app: chat, user: alice }, row));
  assert.ok(!maySee({ app: board, user: bob }, row));
  assert.ok(!maySee({ app: home, user: bob }, row));
  assert.ok(!maySee({ app: board }, row));
  const { user: _nobody, ...ofNobody } = row;
  assert.ok(maySee({ app: board }, ofNobody), "an account that is only being made");
});

test("a page gets back what it gave to its own service, and nothing of other services", () => {
  const own = stateOf(row, { app: board, user: alice, page: "second" });
  assert.deepEqual(own.calls, [{ method, rawData }]);
  assert.deepEqual([own.isOfThisPage, own.canRetry], [false, true]);
  assert.ok(stateOf(row, { app: board, user: alice, page: "first" }).isOfThisPage);
  const inHome = stateOf(row, { app: home, user: alice, page: "second" });
  assert.deepEqual([inHome.calls, inHome.app], [[], board]);
  const others: readonly Partial<WriteRow>[] = [{ state: "queued" }, { isRepeatable: false }];
  for (const other of others) {
    assert.ok(!stateOf({ ...row, ...other }, { app: board, page: "" }).canRetry);
  }
});
