import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, transactionIdOf } from "@kith/protocol/ids";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";

import { isExecutedElsewhere, outcomeOf } from "./outcome.ts";

const receipt: Receipt = {
  transactionId: transactionIdOf("ab".repeat(32)),
  blockNum: blockNumOf(9),
  blockTime: 1,
  index: 0,
  results: [],
};
const failure = { code: "name-taken", message: "somebody has this name" };

function packed(told: Receipt, status: number): Response {
  const headers = { "content-type": "application/octet-stream" };
  return new Response(new Uint8Array(receiptCodec.pack(told)), { status, headers });
}

function refused(code: string, status: number): Response {
  return Response.json({ code, message: "" }, { status });
}

test("a receipt says what became of it", async () => {
  assert.deepEqual(await outcomeOf(packed(receipt, 200)), { kind: "final", receipt });
  const failed = await outcomeOf(packed({ ...receipt, failure }, 422));
  assert.deepEqual(failed, { kind: "failed", ...failure });
});

test("what a node will not take has failed; what it cannot say yet has not", async () => {
  assert.equal((await outcomeOf(refused("expired", 409))).kind, "failed");
  for (const status of [408, 429, 503, 504]) {
    assert.equal((await outcomeOf(refused("not-final-yet", status))).kind, "undecided");
  }
  assert.equal((await outcomeOf(new Response("<html>", { status: 502 }))).kind, "undecided");
});

test("what was executed has not failed, also where nobody has its receipt", async () => {
  assert.deepEqual(await outcomeOf(refused("already-executed", 409)), { kind: "final" });
});

test("a node that knows no more than that is told apart, and its answer can still be read", async () => {
  const answer = refused("already-executed", 409);
  assert.equal(await isExecutedElsewhere(answer), true);
  assert.deepEqual(await outcomeOf(answer), { kind: "final" });
  assert.equal(await isExecutedElsewhere(refused("expired", 409)), false);
  assert.equal(await isExecutedElsewhere(new Response("", { status: 409 })), false);
});
