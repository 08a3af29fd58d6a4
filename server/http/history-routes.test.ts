import assert from "node:assert/strict";
import { test } from "node:test";

import { headerCodec } from "@kith/protocol/blocks";
import { certificateCodec } from "@kith/protocol/certificates";
import { eventProofCodec, verifyEventProof } from "@kith/protocol/event-proof";
import {
  emptyEventTree,
  eventRecordCodec,
  eventRootOf,
  growEventTree,
} from "@kith/protocol/event-tree";
import { toHex } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf, transactionIdOf } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { compileSchema } from "@kith/protocol/schema";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";

import { FakeNode } from "./fake-node.ts";
import type { HistoryError, KeptEvent } from "./history-port.ts";
import { eventsAnswerBytesMax, eventsPerPageMax, rowKeyCharsMax } from "./limits.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

const events = "http://app.kith.localhost/common/events";
const rowProof = "http://app.kith.localhost/common/proof/row";
const transactionId = transactionIdOf("ab".repeat(32));
const eventProof = `http://app.kith.localhost/common/proof/event/${transactionId}/1`;
const forum = accountNameConstant("forum");

function keptEvent(sequence: number, sizeBytes = 10): KeptEvent {
  return {
    sequence,
    blockNum: blockNumOf(3),
    blockTime: 1_790_000_000_000_001,
    transactionId,
    service: forum,
    event: "moved",
    kind: "merkle",
    data: { author: "alice", amount: "18446744073709551615" },
    sizeBytes,
    merkle: { id: 9, index: 1 },
  };
}

async function jsonOf(answer: Response): Promise<Record<string, unknown>> {
  const json: unknown = await answer.json();
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

test("events come with everything that a page needs, on every domain", async () => {
  const node = new FakeNode();
  const page = { events: [keptEvent(6_291_456)], more: true, oldest: blockNumOf(2) };
  const gaps = [{ first: blockNumOf(4), last: blockNumOf(5) }];
  node.history.page = { ...page, newest: blockNumOf(7), gaps };
  for (const host of ["app.kith.localhost", "kith.localhost", "transact.kith.localhost"]) {
    const answer = await ask(testApp(node), `http://${host}/common/events?service=forum`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const { sizeBytes: _, ...kept } = keptEvent(0);
    const event = { ...kept, sequence: "6291456", blockTime: "2026-09-21T14:13:20.000001Z" };
    assert.deepEqual(await answer.json(), {
      events: [event],
      next: "6291456",
      oldest: 2,
      newest: 7,
      gaps,
    });
  }
});

test("what is asked for reaches the node as it was meant", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const query =
    "service=forum&event=moved&index=author&value=a%20b&from=2&to=9&after=77&limit=3&reverse=true";
  assert.equal((await ask(app, `${events}?${query}`)).status, 200);
  assert.equal((await ask(app, `${events}?service=forum`)).status, 200);
  assert.deepEqual(node.history.asked, [
    {
      service: "forum",
      event: "moved",
      index: { field: "author", value: "a b" },
      from: 2,
      to: 9,
      after: 77,
      limit: 3,
      reverse: true,
    },
    { service: "forum", limit: 50, reverse: false },
  ]);
});

test("a page is cut where its data becomes too much, and goes on from there", async () => {
  const node = new FakeNode();
  const half = eventsAnswerBytesMax / 2 + 1;
  const large = [1, 2, 3].map((sequence) => keptEvent(sequence, half));
  node.history.page = { ...node.history.page, events: large };
  const { events: shown, next } = await jsonOf(await ask(testApp(node), `${events}?service=forum`));
  assert.deepEqual([Array.isArray(shown) && shown.length, next], [1, "1"]);
  node.history.page = { ...node.history.page, events: [keptEvent(1, 2 * eventsAnswerBytesMax)] };
  const whole = await jsonOf(await ask(testApp(node), `${events}?service=forum`));
  assert.deepEqual(
    [Array.isArray(whole["events"]) && whole["events"].length, whole["next"]],
    [1, null],
  );
});

test("parameters that are wrong are refused before anybody looks", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const wrong = [
    events,
    `${events}?service=No%20Name`,
    `${events}?service=forum&service=app`,
    `${events}?service=forum&unknown=1`,
    `${events}?service=forum&from=-1`,
    `${events}?service=forum&from=1.5`,
    `${events}?service=forum&from=4294967296`,
    `${events}?service=forum&after=9007199254740993`,
    `${events}?service=forum&limit=0`,
    `${events}?service=forum&limit=${eventsPerPageMax + 1}`,
    `${events}?service=forum&reverse=yes`,
    `${events}?service=forum&event=`,
    `${events}?service=forum&event=moved&index=author`,
    `${events}?service=forum&event=moved&value=alice`,
    `${events}?service=forum&index=author&value=alice`,
    rowProof,
    `${rowProof}?service=forum&table=posts`,
    `${rowProof}?service=forum&table=posts&key={`,
    `${rowProof}?service=forum&table=posts&key=${"1".repeat(rowKeyCharsMax + 1)}`,
    `${eventProof}?at=x`,
    "http://app.kith.localhost/common/proof/event/ab/1",
    `http://app.kith.localhost/common/proof/event/${transactionId}/x`,
  ];
  for (const url of wrong) {
    const answer = await ask(app, url);
    assert.equal(answer.status, 400, url);
    assert.equal(await codeOf(answer), "parameter-invalid", url);
  }
  assert.deepEqual(node.history.asked, []);
  for (const url of [events, rowProof, eventProof]) {
    const answer = await ask(app, url, { method: "POST" });
    assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "GET, HEAD"]);
  }
});

test("an event's proof is psibase's JSON of its schema, and can be verified from that", async () => {
  const node = new FakeNode();
  const record = eventRecordCodec.pack({
    id: 1,
    service: forum,
    type: methodNameConstant("moved"),
    rawData: Uint8Array.of(1),
    transactionId,
  });
  const blockNum = blockNumOf(3);
  const root = eventRootOf(growEventTree(emptyEventTree, blockNum, [record]).tree);
  const place = { index: 0, events: 1, path: [], blockIndex: 0, blocks: 1, blocksPath: [] };
  const header = { num: blockNumOf(5), id: blockIdOf("05".repeat(32)), bytes: Uint8Array.of(0xab) };
  const proof = { record, blockNum, ...place };
  node.history.provedEvent = { event: keptEvent(7), proof, num: blockNumOf(4), root, header };
  const answer = await jsonOf(await ask(testApp(node), `${eventProof}?at=5`));
  assert.deepEqual(node.history.asked, [[transactionId, 1, 5]]);
  const { proof: json, event: _, ...facts } = answer;
  assert.deepEqual(facts, {
    num: 4,
    eventRoot: root,
    header: { num: 5, id: header.id, bytes: "AB" },
  });
  const schema = compileSchema({ EventProof: eventProofCodec.schema });
  const packed = schema.ok ? schema.value.packJson("EventProof", json) : schema;
  assert.ok(packed.ok);
  const unpacked = eventProofCodec.unpack(packed.value);
  assert.ok(unpacked.ok && verifyEventProof(root, unpacked.value).ok);
});

test("a row's proof has the row, or says that there is none, and null where no header carries the root", async () => {
  const node = new FakeNode();
  const root = checksumOf("cd".repeat(32));
  const proved = { proof: [Uint8Array.of(1, 2)], num: blockNumOf(7), root, header: undefined };
  const row = { packed: Uint8Array.of(0xbe, 0xef), value: { text: "hi" } };
  node.history.provedRow = { ...proved, row };
  const url = `${rowProof}?service=forum&table=posts&key=${encodeURIComponent('{"number":1}')}`;
  const expected = { proof: ["0102"], num: 7, stateRoot: root, header: null };
  assert.deepEqual(await jsonOf(await ask(testApp(node), url)), {
    row: "BEEF",
    value: { text: "hi" },
    ...expected,
  });
  assert.deepEqual(node.history.asked, [["forum", "posts", { number: 1 }]]);
  node.history.provedRow = { ...proved, row: undefined };
  const absent = await jsonOf(await ask(testApp(node), url));
  assert.deepEqual(absent, { row: null, value: null, ...expected });
});

const errors: readonly (readonly [HistoryError, number])[] = [
  [{ code: "service-unknown", service: "forum" }, 404],
  [{ code: "table-unknown", table: "posts" }, 404],
  [{ code: "key-malformed", path: "$.number", expected: "u32" }, 400],
  [{ code: "event-undeclared", service: "forum", event: "moved" }, 404],
  [{ code: "event-index-unknown", field: "x" }, 400],
  [{ code: "index-value-malformed", field: "x", expected: "u32" }, 400],
  [{ code: "events-not-kept", oldest: blockNumOf(5) }, 410],
  [{ code: "event-unknown", transactionId, index: 1 }, 404],
  [{ code: "event-not-yet", blockNum: blockNumOf(5) }, 409],
  [{ code: "event-path-unknown", blockNum: blockNumOf(5) }, 404],
  [{ code: "header-unknown", num: blockNumOf(5) }, 404],
];

test("every error of the history has a status, a code and a sentence", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const row = `${rowProof}?service=forum&table=posts&key=1`;
  for (const [error, status] of errors) {
    node.history.error = error;
    for (const url of [`${events}?service=forum`, eventProof, row]) {
      const answer = await ask(app, url);
      assert.equal(answer.status, status, error.code);
      const { message, ...facts } = await jsonOf(answer);
      assert.deepEqual(facts, error);
      assert.ok(typeof message === "string" && message.length > 10);
    }
  }
});

test("whoever believes no node gets the certificate of the header that carries the root", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const chain = new TestChain(testConsensus("cft", [testProducer(0)]));
  const header = chain.append();
  const certificate = chain.certificate({ num: 2, voters: [testProducer(0)] });
  const bytes = headerCodec.pack(header);
  const carrying = { num: header.blockNum, id: chain.placeAt(2).id, bytes };
  const proved = { num: blockNumOf(1), root: header.stateRoot, header: carrying };
  node.light.certifiedHeaders = [{ header, certificate }];
  node.history.provedRow = { ...proved, row: undefined, proof: [] };
  const url = `${rowProof}?service=forum&table=posts&key=1&certified=true`;
  const answer = await jsonOf(await ask(app, url));
  assert.equal(answer["certificate"], toHex(certificateCodec.pack(certificate)).toUpperCase());
  assert.equal(answer["num"], 1);
  // Without being asked for, nothing is certified.
  const plain = await jsonOf(await ask(app, `${rowProof}?service=forum&table=posts&key=1`));
  assert.equal(plain["certificate"], undefined);
});

test("where no header carries the root yet, one is made; or the answer says that there is none", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const chain = new TestChain(testConsensus("cft", [testProducer(0)]));
  const header = chain.append();
  const certificate = chain.certificate({ num: 2, voters: [testProducer(0)] });
  const proved = { num: blockNumOf(1), root: header.stateRoot, row: undefined, proof: [] };
  node.history.provedRow = { ...proved, header: undefined };
  const url = `${rowProof}?service=forum&table=posts&key=1&certified=true`;
  const lacking = await ask(app, url);
  assert.deepEqual([lacking.status, await codeOf(lacking)], [503, "header-not-made"]);
  const wanted: number[] = [];
  node.light.onHeaderWanted = (num) => {
    wanted.push(num);
    const bytes = headerCodec.pack(header);
    const carrying = { num: header.blockNum, id: chain.placeAt(2).id, bytes };
    node.history.provedRow = { ...proved, header: carrying };
    return true;
  };
  node.light.error = { code: "block-not-certified", num: blockNumOf(2) };
  assert.equal(await codeOf(await ask(app, url)), "block-not-certified");
  node.light.error = undefined;
  node.light.certifiedHeaders = [{ header, certificate }];
  assert.equal((await ask(app, url)).status, 200);
  assert.deepEqual(wanted, [1]);
  node.history.error = { code: "table-unknown", table: "posts" };
  assert.equal(await codeOf(await ask(app, url)), "table-unknown");
});
