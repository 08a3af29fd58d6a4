import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { prepareTransaction } from "@kith/protocol/transactions";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { describeError } from "./cli-error.ts";
import { findNode, type NodeClient } from "./node-client.ts";
import { sendActions } from "./send-transaction.ts";

const secret = new Uint8Array(32).fill(7);
const key = { path: "test.pem", secret, publicKey: publicKeyOf(secret) };
const alice = accountNameConstant("alice");
const action = packAction(alice, accountsInterface, "create", { name: alice, key: key.publicKey });
const receipt = {
  transactionId: "ab".repeat(32),
  blockNum: 3,
  final: true,
  results: [""],
};

type Say = (answer: ServerResponse) => void;
const json = (status: number, body: unknown): Say => {
  return (answer) => answer.writeHead(status).end(JSON.stringify(body));
};

/** A node that answers each transaction with the next of these, and keeps what it was sent. */
async function fakeNode(answers: Say[]): Promise<{ node: NodeClient; sent: Uint8Array[] }> {
  const sent: Uint8Array[] = [];
  const server = createServer((request, answer) => void serve(request, answer));
  async function serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of request) if (part instanceof Uint8Array) parts.push(part);
    if (request.url === "/common/rootdomain") return json(200, request.headers.host)(answer);
    if (request.url === "/common/tapos/head") {
      return json(200, { refBlockIndex: 128, refBlockId: "01".repeat(32) })(answer);
    }
    assert.equal(request.headers.host, `transact.kith.localhost:${port}`);
    sent.push(new Uint8Array(Buffer.concat(parts)));
    (answers.shift() ?? json(500, {}))(answer);
  }
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const port = (server.address() as AddressInfo).port;
  after(() => server.close());
  const node = await findNode(`http://kith.localhost:${port}`);
  assert.ok(node.ok);
  return { node: node.value, sent };
}

test("a transaction is signed, sent, and its receipt believed", async () => {
  const { node, sent } = await fakeNode([json(200, receipt)]);
  const done = await sendActions([action], { node, key });
  assert.deepEqual(done, { ok: true, value: receipt });
  const prepared = prepareTransaction(sent[0] ?? new Uint8Array());
  assert.ok(prepared.ok);
  assert.equal(prepared.value.transaction.tapos.refBlockIndex, 128);
  assert.deepEqual(prepared.value.transaction.actions, [action]);
});

test("whatever gets lost, the same bytes are sent again until there is a decision", async () => {
  const { node, sent } = await fakeNode([
    (answer) => answer.destroy(),
    json(503, { code: "no-leader", message: "" }),
    json(504, { code: "not-final-yet", message: "" }),
    json(200, receipt),
  ]);
  const done = await sendActions([action], { node, key });
  assert.ok(done.ok);
  assert.equal(sent.length, 4);
  for (const bytes of sent) assert.deepEqual(bytes, sent[0]);
});

test("a refusal is a decision: it is told at once, in the node's words", async () => {
  const { node, sent } = await fakeNode([json(422, { code: "account-exists", message: "taken" })]);
  const done = await sendActions([action], { node, key });
  assert.deepEqual(done, {
    ok: false,
    error: { code: "refused", status: 422, reason: "account-exists", message: "taken" },
  });
  assert.equal(sent.length, 1);
});

test("where an account's own service refuses, its reason is the one that is told", async () => {
  const refusal = { code: "not-authorized", reason: "account-unknown", message: "no account bob" };
  const { node } = await fakeNode([json(403, refusal)]);
  const done = await sendActions([action], { node, key });
  assert.ok(!done.ok && done.error.code === "refused");
  assert.equal(done.error.reason, "account-unknown");
  assert.match(
    describeError(done.error),
    /^no account bob .*\nMake the account first: "bun run kith/,
  );
});

test("without a decision in time the error says that nothing is lost", async () => {
  const later = json(503, { code: "no-leader", message: "" });
  const { node } = await fakeNode([later, later, later, later, later, later]);
  const done = await sendActions([action], { node, key, patienceMs: 700 });
  assert.ok(!done.ok && done.error.code === "not-final");
});
