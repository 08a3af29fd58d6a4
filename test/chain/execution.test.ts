import assert from "node:assert/strict";
import { test } from "node:test";

import {
  keyBytesMax,
  rangeRowsMax,
  resultBytesMax,
  rowBytesMax,
  transactionEventsMax,
  transactionWritesMax,
} from "@kith/chain/limits";
import { list, str } from "@kith/protocol/fracpack";
import { eventBytesMax } from "@kith/protocol/limits";
import { accountCodec, accountNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import { unpackText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { packAction } from "@kith/sdk/transaction";

import { ask } from "./ask.ts";
import { keyOf, owner, ownerKey, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

const texts = list(str);

function withNotes(): TestNetwork {
  return new TestNetwork({ services: [notes.module, notesPeer.module] });
}

function add(number: number, topic: string, text: string): Action {
  return packAction(owner, notes, "add", { number, topic, text });
}

function ofTopic(network: TestNetwork, topic: string): readonly string[] {
  const receipt = network.run([packAction(owner, notes, "ofTopic", { topic })]);
  assert.deepEqual(receipt.failure, undefined);
  const result = texts.unpack(receipt.results[0] ?? new Uint8Array());
  assert.ok(result.ok);
  return result.value;
}

function failureOf(receipt: Receipt): string | undefined {
  return receipt.failure?.code;
}

test("rows are found by a secondary index, in order, after changes and removals", () => {
  const network = withNotes();
  network.run([add(1, "a", "one"), add(2, "b", "two"), add(3, "a", "three")]);
  assert.deepEqual(ofTopic(network, "a"), ["one", "three"]);
  network.run([add(1, "b", "one")]);
  assert.deepEqual(ofTopic(network, "a"), ["three"]);
  assert.deepEqual(ofTopic(network, "b"), ["one", "two"]);
  network.run([packAction(owner, notes, "remove", { number: 2 })]);
  assert.deepEqual(ofTopic(network, "b"), ["one"]);
  assert.deepEqual(ofTopic(network, "c"), []);
});

test("a transaction whose last action fails leaves nothing of the first", () => {
  const network = withNotes();
  const before = network.chain.applied()?.stateRoot;
  const receipt = network.run([
    add(1, "a", "one"),
    packAction(owner, notes, "remove", { number: 9 }),
  ]);
  assert.deepEqual(receipt.failure, {
    code: "note-unknown",
    message: "there is no note 9",
    actionIndex: 1,
  });
  assert.deepEqual(receipt.results, []);
  assert.deepEqual(ofTopic(network, "a"), []);
  assert.notEqual(network.chain.applied()?.stateRoot, before);
});

test("a transaction that fails does not disturb its neighbours in the block", () => {
  const network = withNotes();
  const { receipts } = network.block([
    network.transaction([add(1, "a", "one")], ownerKey),
    network.transaction([add(2, "a", "two"), packAction(owner, notes, "breakDown", {})], ownerKey),
    network.transaction([add(3, "a", "three")], ownerKey),
  ]);
  assert.deepEqual(receipts.map(failureOf), [undefined, "service-failed", undefined]);
  assert.deepEqual(ofTopic(network, "a"), ["one", "three"]);
});

test("a service knows who really calls it", () => {
  const network = withNotes();
  const receipt = network.run([packAction(owner, notes, "whoCallsPeer", {})]);
  assert.deepEqual(receipt.results[0], accountCodec.pack(accountNameConstant("notes")));
});

test("a service that catches the refusal of another one does not save the transaction", () => {
  const network = withNotes();
  const receipt = network.run([packAction(owner, notes, "catchRefusal", {})]);
  assert.equal(receipt.failure?.code, "peer-refuses");
});

test("a defect of a service is a failure with a message that is the same on every engine", () => {
  const network = withNotes();
  const receipt = network.run([packAction(owner, notes, "breakDown", {})]);
  assert.deepEqual(receipt.failure, {
    code: "service-failed",
    message: "notes failed in breakdown",
    actionIndex: 0,
  });
});

test("endless recursion ends the transaction and not the node", () => {
  const network = withNotes();
  assert.equal(
    failureOf(network.run([packAction(owner, notes, "overflow", {})])),
    "service-failed",
  );
  const mutual = network.run([packAction(owner, notes, "forth", { depth: 0 })]);
  assert.equal(failureOf(mutual), "call-too-deep");
  assert.equal(failureOf(network.run([add(1, "a", "still here")])), undefined);
});

for (const [name, action, code] of [
  ["a row", put({ dataBytes: rowBytesMax }), "row-too-long"],
  ["a key", put({ keyBytes: keyBytesMax }), "key-too-long"],
  ["the number of rows", put({ keyBytes: 4, times: transactionWritesMax + 1 }), "too-many-writes"],
  ["the bytes written", put({ keyBytes: 4, dataBytes: 1_000_000, times: 20 }), "writes-too-long"],
  ["a range", packAction(owner, notes, "readMany", { limit: rangeRowsMax + 1 }), "range-too-long"],
  [
    "a result",
    packAction(owner, notes, "giveBack", { sizeBytes: resultBytesMax }),
    "result-too-long",
  ],
  ["an event", emit(eventBytesMax, 1), "event-too-long"],
  ["the number of events", emit(0, transactionEventsMax + 1), "too-many-events"],
] as const) {
  test(`${name} has a limit, and going beyond it is ${code}`, () => {
    const network = withNotes();
    assert.equal(failureOf(network.run([action])), code);
    assert.equal(failureOf(network.run([add(1, "a", "one")])), undefined);
  });
}

test("actions and services that do not exist, and arguments that are none, have codes of their own", () => {
  const network = withNotes();
  const known = add(1, "a", "b");
  const unknownMethod = { ...known, method: packAction(owner, notesPeer, "refuse", {}).method };
  assert.equal(failureOf(network.run([unknownMethod])), "method-unknown");
  const unknownService = { ...known, service: accountNameConstant("nowhere") };
  assert.equal(failureOf(network.run([unknownService])), "service-unknown");
  const malformed = { ...known, rawData: Uint8Array.of(1, 2, 3) };
  assert.equal(failureOf(network.run([malformed])), "arguments-malformed");
});

test("events change the event root, and the same events give the same root", () => {
  const roots = [0, 1].map(() => {
    const network = withNotes();
    const quiet = network.chain.applied()?.eventRoot;
    const { applied, events } = network.block([network.transaction([emit(10, 2)], ownerKey)]);
    assert.equal(events.length, 2);
    assert.notEqual(applied.eventRoot, quiet);
    assert.equal(network.block([]).applied.eventRoot, applied.eventRoot);
    return applied.eventRoot;
  });
  assert.equal(roots[0], roots[1]);
});

test("a query reads, and whatever it does wrong becomes an answer", () => {
  const network = withNotes();
  const height = ask(network, notes.name, "/height");
  assert.equal(height?.status, 200);
  assert.equal(unpackText(height.body), JSON.stringify({ height: 1 }));
  assert.equal(ask(network, notes.name, "/unknown"), undefined);
  assert.deepEqual(errorOf(ask(network, notes.name, "/write")), [400, "write-forbidden"]);
  assert.deepEqual(errorOf(ask(network, notes.name, "/refuse")), [400, "no-entry"]);
  assert.deepEqual(errorOf(ask(network, notes.name, "/defect")), [500, "service-failed"]);
});

test("a dry run tells the result and leaves nothing", () => {
  const network = withNotes();
  const transaction = network.transaction([add(1, "a", "one")], ownerKey);
  const before = network.chain.applied()?.stateRoot;
  assert.equal(failureOf(network.chain.dryRun(transaction, true)), undefined);
  assert.equal(failureOf(network.chain.dryRun(transaction, false)), "proof-invalid");
  assert.equal(network.chain.receipt(transaction.id), undefined);
  assert.equal(network.chain.applied()?.stateRoot, before);
  assert.equal(failureOf(network.block([transaction]).receipts[0] as Receipt), undefined);
  assert.equal(failureOf(network.chain.dryRun(transaction, true)), "already-executed");
  assert.equal(
    failureOf(network.chain.dryRun(network.transaction([add(1, "a", "")], keyOf(9)), true)),
    "not-authorized",
  );
});

function put(sizes: { keyBytes?: number; dataBytes?: number; times?: number }): Action {
  return packAction(owner, notes, "putBlob", { keyBytes: 1, dataBytes: 1, times: 1, ...sizes });
}

function emit(sizeBytes: number, times: number): Action {
  return packAction(owner, notes, "emitMany", { sizeBytes, times });
}

function errorOf(reply: ReturnType<typeof ask>): unknown {
  const body: unknown = JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "{}");
  return [reply?.status, (body as { code?: unknown }).code];
}
