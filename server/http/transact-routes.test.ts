import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, blockNumOf, transactionIdOf } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";
import {
  prepareTransaction,
  signedTransactionCodec,
  transactionCodec,
} from "@kith/protocol/transactions";

import type { App } from "./app.ts";
import { FakeNode } from "./fake-node.ts";
import type { SubmitOutcome } from "./node-port.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

const push = "http://transact.kith.localhost:8080/push_transaction";
const octets = { "content-type": "application/octet-stream" };
const id = transactionIdOf("ab".repeat(32));
const receipt: Receipt = {
  transactionId: id,
  blockNum: blockNumOf(9),
  blockTime: 1_700_000_000_000_042,
  index: 0,
  results: [Uint8Array.of(1, 255)],
};
const failed: Receipt = {
  ...receipt,
  results: [],
  failure: { code: "name-taken", message: "somebody has this name", actionIndex: 0 },
};

function send(
  app: App,
  query = "",
  headers: Record<string, string> = {},
  body = new Uint8Array([1, 2, 3]),
): Promise<Response> {
  return ask(app, push + query, { method: "POST", body, headers: { ...octets, ...headers } });
}

test("a final transaction is answered with its receipt and its block", async () => {
  const node = new FakeNode();
  node.onSubmit = () =>
    Promise.resolve({ kind: "final", receipt, blockId: blockIdOf("09".repeat(32)) });
  const answer = await send(testApp(node));
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), {
    transactionId: id,
    final: true,
    blockNum: 9,
    blockId: "09".repeat(32),
    blockTime: "2023-11-14T22:13:20.000042Z",
    index: 0,
    results: ["01ff"],
  });
  assert.deepEqual(node.submitted, [new Uint8Array([1, 2, 3])]);
});

test("a receipt is fracpack for those who ask for it", async () => {
  const node = new FakeNode();
  node.onSubmit = () => Promise.resolve({ kind: "final", receipt });
  const answer = await send(testApp(node), "", { accept: "application/octet-stream" });
  const decoded = receiptCodec.unpack(new Uint8Array(await answer.arrayBuffer()));
  assert.deepEqual(decoded, { ok: true, value: receipt });
  const unknown = await send(testApp(node), "", { accept: "text/html" });
  assert.equal(unknown.status, 406);
  assert.equal(await codeOf(unknown), "type-not-acceptable");
});

test("a transaction that failed in its block is answered 422 with the service's code", async () => {
  const node = new FakeNode();
  node.onSubmit = () => Promise.resolve({ kind: "final", receipt: failed });
  const answer = await send(testApp(node));
  assert.equal(answer.status, 422);
  assert.equal(await codeOf(answer), "name-taken");
});

test("a refused transaction is answered with the reason and its status", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  node.onSubmit = () => Promise.resolve({ kind: "refused", error: { code: "proof-invalid" } });
  const wrong = await send(app);
  assert.equal(wrong.status, 403);
  assert.equal(await codeOf(wrong), "proof-invalid");
  node.onSubmit = () => Promise.resolve({ kind: "unavailable", reason: "no-leader" });
  const later = await send(app);
  assert.equal(later.status, 503);
  assert.equal(later.headers.get("retry-after"), "1");
});

test("a wait that ends before the transaction is final says that sending it again is safe", async () => {
  const node = new FakeNode();
  node.onSubmit = () => Promise.withResolvers<SubmitOutcome>().promise;
  const answer = await send(testApp(node));
  assert.equal(answer.status, 504);
  const body: unknown = await answer.json();
  assert.ok(typeof body === "object" && body !== null && "message" in body);
  assert.match(String(body.message), /send the same bytes again/);
});

test("what was executed before is answered with its receipt, once it is here, unless it will never be", async () => {
  const alice = accountNameConstant("alice");
  const method = methodNameConstant("transfer");
  const transaction = transactionCodec.pack({
    tapos: { expiration: 1, flags: 0, refBlockIndex: 0 },
    actions: [{ sender: alice, service: alice, method, rawData: new Uint8Array() }],
    claims: [],
  });
  const bytes = new Uint8Array(signedTransactionCodec.pack({ transaction, proofs: [] }));
  const prepared = prepareTransaction(bytes);
  assert.ok(prepared.ok);
  const node = new FakeNode();
  node.onSubmit = () => Promise.resolve({ kind: "refused", error: { code: "already-executed" } });
  const again = () => send(testApp(node), "", {}, bytes);
  const early = await again();
  assert.deepEqual([early.status, await codeOf(early)], [504, "not-final-yet"]);
  node.executedElsewhere.add(prepared.value.id);
  const never = await again();
  assert.deepEqual([never.status, await codeOf(never)], [409, "already-executed"]);
  node.receipts.set(prepared.value.id, { receipt });
  assert.equal((await again()).status, 200);
});

test("wait_for is final, applied, or refused", async () => {
  const node = new FakeNode();
  const seen: string[] = [];
  node.onSubmit = (_bytes, waitFor) => {
    seen.push(waitFor);
    return Promise.resolve({ kind: "applied", receipt });
  };
  const app = testApp(node);
  assert.equal((await send(app)).status, 200);
  assert.equal((await send(app, "?wait_for=applied")).status, 200);
  assert.deepEqual(seen, ["final", "applied"]);
  for (const query of [
    "?wait_for=soon",
    "?wait_for=",
    "?wait_for=final&wait_for=applied",
    "?x=1",
    "?wait_for=%zz",
  ]) {
    const answer = await send(app, query);
    assert.equal(answer.status, 400, query);
    assert.equal(await codeOf(answer), "parameter-invalid");
  }
});

test("a body of the wrong type, of no size or of too much is refused before the node sees it", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const wrong = await send(app, "", { "content-type": "application/json" });
  assert.equal(wrong.status, 415);
  const empty = await ask(app, push, { method: "POST", headers: octets });
  assert.equal(await codeOf(empty), "body-empty");
  const claimed = await send(app, "", { "content-length": "99999999" });
  assert.equal(claimed.status, 413);
  const part = new Uint8Array(300_000);
  const endless = new ReadableStream<Uint8Array>({ pull: (out) => out.enqueue(part) });
  const chunked = await ask(app, push, { method: "POST", headers: octets, body: endless });
  assert.equal(chunked.status, 413);
  assert.equal(await codeOf(chunked), "body-too-large");
  assert.equal(node.submitted.length, 0);
});

test("a body that breaks off is the sender's error", async () => {
  const body = new ReadableStream<Uint8Array>({
    pull: (out) => out.error(new Error("connection lost")),
  });
  const answer = await ask(testApp(new FakeNode()), push, {
    method: "POST",
    headers: octets,
    body,
  });
  assert.equal(answer.status, 400);
  assert.equal(await codeOf(answer), "body-truncated");
});

test("pages of this network may send transactions, others may not", async () => {
  const node = new FakeNode();
  node.onSubmit = () => Promise.resolve({ kind: "final", receipt });
  const app = testApp(node);
  const own = "http://app.kith.localhost:8080";
  const sent = await send(app, "", { origin: own });
  assert.equal(sent.status, 200);
  assert.equal(sent.headers.get("access-control-allow-origin"), own);
  const wrong = await send(app, "", { origin: own, "content-type": "text/plain" });
  assert.equal(wrong.status, 415);
  assert.equal(wrong.headers.get("access-control-allow-origin"), own, "it may read why not");
  const preflight = await ask(app, push, { method: "OPTIONS", headers: { origin: own } });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-methods"), "POST");
  for (const origin of ["http://evil.example", "http://kith.localhost:8080.evil.example", "null"]) {
    assert.equal((await send(app, "", { origin })).status, 403, origin);
    const asked = await ask(app, push, { method: "OPTIONS", headers: { origin } });
    assert.equal(asked.status, 403);
  }
});

test("what became of a transaction can be asked later", async () => {
  const node = new FakeNode();
  node.receipts.set(id, { receipt: failed });
  const app = testApp(node);
  const at = (text: string) => ask(app, `http://transact.kith.localhost/transactions/${text}`);
  const found = await at(id);
  assert.equal(found.status, 200);
  assert.equal(found.headers.get("access-control-allow-origin"), "*");
  assert.equal(await codeOf(found), "name-taken");
  assert.equal(await codeOf(await at("cd".repeat(32))), "receipt-unknown");
  assert.equal(await codeOf(await at("xyz")), "parameter-invalid");
  const other = transactionIdOf("ef".repeat(32));
  node.executedElsewhere.add(other);
  assert.equal(await codeOf(await at(other)), "receipt-elsewhere");
});
