import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, test } from "node:test";

import { transactionIdOf } from "@kith/protocol/ids";
import type { Signed } from "@kith/sdk/transaction";

import { diceFor } from "../../simulator/dice.ts";
import type { NodeAddress } from "../http-client.ts";
import { History, type Outcome, type Recorded } from "./history.ts";
import type { Call } from "./objects.ts";
import { checkOrder, checkTransactions, readAll } from "./verify.ts";

type Known = { readonly blockNum: number; readonly index: number; readonly failed?: boolean };

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

/** A node that answers from what the test gives it: receipts by id, lists and cells by name. */
async function fakeNode({
  receipts = {},
  executed = [],
  objects = {},
}: {
  readonly receipts?: Readonly<Record<string, Known>>;
  readonly executed?: readonly string[];
  readonly objects?: Readonly<Record<string, unknown>>;
}): Promise<NodeAddress> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://node");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [status, body] = answer(url, Buffer.concat(chunks).toString("hex"));
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  function answer(url: URL, sentId: string): readonly [status: number, body: unknown] {
    if (url.pathname === "/common/head") return [200, {}];
    if (url.pathname === "/push_transaction") {
      if (executed.includes(sentId)) return [409, { code: "already-executed" }];
      return [200, receiptOf({ blockNum: 99, index: 0 })];
    }
    const id = /^\/transactions\/(.*)$/.exec(url.pathname)?.[1];
    if (id === undefined) return [200, objects[url.searchParams.get("name") ?? ""]];
    const known = receipts[id];
    return known === undefined ? [404, { code: "receipt-unknown" }] : [200, receiptOf(known)];
  }
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  return { port: address.port };
}

function receiptOf({ blockNum, index, failed }: Known): object {
  const failure = failed === true ? { failure: { code: "no" } } : {};
  return { blockNum, index, results: [""], ...failure };
}

const [one, two] = [1, 2].map((byte): Signed => {
  const bytes = new Uint8Array(32).fill(byte);
  return { id: transactionIdOf(Buffer.from(bytes).toString("hex")), bytes };
}) as [Signed, Signed];

const set: Call = { kind: "set", value: 7 };
const done: Outcome = {
  kind: "answered",
  answer: { kind: "done" },
  place: { blockNum: 5, index: 1 },
};

function recorded(transaction: Signed, outcome: Outcome): Recorded {
  const times = { calledMs: 1, endedMs: 2 };
  return { client: "c", object: "r0-cell-0", call: set, transaction, outcome, ...times };
}

async function check(operations: readonly Recorded[], nodes: readonly NodeAddress[]) {
  const history = new History();
  for (const operation of operations) history.add(operation);
  return { history, wrong: await checkTransactions(history, nodes) };
}

const there = { blockNum: 5, index: 1 };

test("what every node has where it was promised is as it should be", async () => {
  const node = await fakeNode({ receipts: { [one.id]: there } });
  assert.deepEqual((await check([recorded(one, done)], [node, node])).wrong, []);
});

test("an acknowledged transaction that one node does not know is lost there", async () => {
  const nodes = [await fakeNode({ receipts: { [one.id]: there } }), await fakeNode({})];
  const { wrong } = await check([recorded(one, done)], nodes);
  assert.equal(wrong.length, 1);
  assert.match(wrong[0] ?? "", new RegExp(`acknowledged, and port ${nodes[1]?.port} has lost it`));
});

test("a node without receipts has lost nothing when it refuses to execute the transaction again", async () => {
  const nodes = [
    await fakeNode({ receipts: { [one.id]: there } }),
    await fakeNode({ executed: [one.id] }),
  ];
  assert.deepEqual((await check([recorded(one, done)], nodes)).wrong, []);
});

test("a transaction at another place than was promised, or at two, is told", async () => {
  const right = await fakeNode({ receipts: { [one.id]: there } });
  for (const place of [
    { ...there, blockNum: 6 },
    { ...there, index: 0 },
    { ...there, failed: true },
  ]) {
    const other = await fakeNode({ receipts: { [one.id]: place } });
    const { wrong } = await check([recorded(one, done)], [right, other]);
    assert.match(wrong.join(), /is at different places/);
    const unknown: Outcome = { kind: "unknown", code: "TimeoutError" };
    assert.match((await check([recorded(one, unknown)], [right, other])).wrong.join(), /different/);
  }
});

test("a refused transaction must be nowhere, and one that failed in its block may be there", async () => {
  const refused: Outcome = { kind: "failed", code: "expired" };
  const executed = await fakeNode({ receipts: { [one.id]: there } });
  const { wrong } = await check([recorded(one, refused)], [executed]);
  assert.match(wrong.join(), /was refused and executed/);
  const failed = await fakeNode({ receipts: { [one.id]: { ...there, failed: true } } });
  assert.deepEqual((await check([recorded(one, refused)], [failed])).wrong, []);
});

test("what nobody knew of is learned from the nodes", async () => {
  const node = await fakeNode({ receipts: { [one.id]: there } });
  const unknown: Outcome = { kind: "unknown", code: "ECONNRESET" };
  const { history, wrong } = await check([recorded(one, unknown), recorded(two, unknown)], [node]);
  assert.deepEqual(wrong, []);
  const kinds = history.operations.map(({ outcome }) => outcome.kind);
  assert.deepEqual(kinds, ["answered", "unknown"]);
});

test("a write that was acknowledged and that the last read does not see breaks the order", async () => {
  const history = new History();
  history.add(recorded(one, done));
  const nodes = [await fakeNode({ objects: { "r0-cell-0": 0 } })];
  assert.deepEqual(await readAll(history, ["r0-cell-0"], { nodes, dice: diceFor(1, "reads") }), []);
  const [wrong] = checkOrder(history);
  assert.match(wrong ?? "", /r0-cell-0 is not linearizable/);
  assert.match(wrong ?? "", /none of these can follow:\n.*at the end: \{"kind":"read"\}/);
});

test("an object that nobody can read any more is told", async () => {
  const nodes = [await fakeNode({ objects: { "r0-list-1": "nonsense" } })];
  const dice = diceFor(1, "reads");
  const unread = await readAll(new History(), ["r0-list-1"], { nodes, dice });
  assert.match(unread.join(), /r0-list-1 cannot be read/);
});
