import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockResult } from "@kith/chain/apply-block";
import { declaredEvents, findEvent } from "@kith/chain/declared-events";
import { verifyEventProof } from "@kith/protocol/event-proof";
import { emptyEventTree, eventRootOf } from "@kith/protocol/event-tree";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import type { Action } from "@kith/protocol/transaction";
import { historyEvent, merkleEvent } from "@kith/sdk/event";
import { service } from "@kith/sdk/service";
import { packAction } from "@kith/sdk/transaction";
import { account, list, str, u32 } from "@kith/sdk/types";
import { sequenceOf, type EventQuery } from "@kith/store/event-store";
import type { OpenedEvents } from "@kith/store/events";
import { memoryState } from "@kith/store/memory-state";

import { owner, ownerKey, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";
import { openedEvents } from "./opened-events.ts";

function withNotes(): TestNetwork {
  return new TestNetwork({ services: [notes.module, notesPeer.module] });
}

function see(number: number, topic = "a"): Action {
  return packAction(owner, notes, "see", { topic, number, size: 2n ** 63n });
}

/** Merkle events. */
function emit(times: number): Action {
  return packAction(owner, notes, "emitMany", { sizeBytes: 3, times });
}

function emitRaw(event: string, data: Uint8Array): Action {
  return packAction(owner, notes, "emitRaw", { event, data });
}

function blockOf(
  network: TestNetwork,
  ...transactions: readonly (readonly Action[])[]
): BlockResult {
  return network.block(transactions.map((actions) => network.transaction(actions, ownerKey)));
}

function keep(events: OpenedEvents, { applied, events: emitted, eventTree }: BlockResult): void {
  events.append({ num: applied.num, time: applied.time, events: emitted, tree: eventTree });
}

const codeOf = (network: TestNetwork, action: Action): string | undefined =>
  network.run([action]).failure?.code;

function placesOf({ events }: BlockResult): readonly unknown[] {
  return events.map(({ merkle }) => merkle && [merkle.id, merkle.index]);
}

test("history events reach whoever keeps them, and no root", () => {
  const network = withNotes();
  const { applied, events, eventTree } = blockOf(network, [see(1), see(2)]);
  assert.equal(applied.eventRoot, zeroChecksum);
  assert.deepEqual(
    events.map(({ event, merkle }) => [event, merkle]),
    [
      ["seen", undefined],
      ["seen", undefined],
    ],
  );
  assert.deepEqual(eventTree, { before: emptyEventTree, leaves: [], nodes: [] });
});

test("Merkle events are numbered through the network and within their transaction", () => {
  const network = withNotes();
  const first = blockOf(network, [emit(2), see(1), emit(1)], [emit(1)]);
  assert.deepEqual(placesOf(first), [[1, 0], [2, 1], undefined, [3, 2], [4, 0]]);
  assert.equal(new Set(first.events.map(({ transactionId }) => transactionId)).size, 2);
  const second = blockOf(network, [emit(1)]);
  assert.deepEqual(placesOf(second), [[5, 0]]);
  assert.notEqual(second.applied.eventRoot, first.applied.eventRoot);
});

test("events of a transaction that fails are none", () => {
  const network = withNotes();
  const { events, applied } = blockOf(network, [
    emit(2),
    packAction(owner, notes, "breakDown", {}),
  ]);
  assert.deepEqual([events, applied.eventRoot], [[], zeroChecksum]);
});

test("a service emits what it declares, and nothing else, also without the SDK", () => {
  const network = withNotes();
  assert.equal(codeOf(network, packAction(owner, notes, "emitUndeclared", {})), "event-unknown");
  assert.equal(codeOf(network, packAction(owner, notes, "emitWrong", {})), "event-malformed");
  assert.equal(codeOf(network, emitRaw("seen", new Uint8Array())), "event-malformed");
  assert.equal(codeOf(network, emitRaw("seen", Uint8Array.of(1, 2, 3, 4))), "event-malformed");
  assert.equal(codeOf(network, emitRaw("undeclared", new Uint8Array())), "event-unknown");
  assert.equal(codeOf(network, emitRaw("Seen", new Uint8Array())), "event-unknown");
  assert.equal(codeOf(network, emitRaw("__proto__", new Uint8Array())), "event-unknown");
  assert.equal(codeOf(network, see(1)), undefined);
});

test("a definition says which events there are, of which kind and with which indexes", () => {
  const { events, schema } = notes.module.definition;
  assert.deepEqual(events, [
    { name: "noted", kind: "merkle", indexes: ["owner"] },
    { name: "seen", kind: "history", indexes: ["topic", "number", "size", "pinned", "mark"] },
  ]);
  const { history, merkle } = JSON.parse(schema);
  assert.deepEqual([Object.keys(history), Object.keys(merkle)], [["seen"], ["noted"]]);
  assert.deepEqual(Object.keys(merkle.noted), ["type", "access"]);
});

test("a declaration that no node can use is refused with a reason, the same everywhere", () => {
  const { definition } = service("broken", {
    tables: [],
    actions: {},
    events: [historyEvent("posted", { author: account, tags: list(str) }, { indexes: ["author"] })],
  }).module;
  const codeOfDefinition = (changed: Partial<ServiceDefinition>): string => {
    const declared = declaredEvents({ ...definition, ...changed });
    return declared.ok ? "ok" : declared.error.code;
  };
  const [posted] = definition.events ?? [];
  assert.ok(posted !== undefined);
  assert.equal(codeOfDefinition({}), "ok");
  assert.equal(codeOfDefinition({ events: [] }), "ok");
  assert.equal(
    codeOfDefinition({ events: [{ ...posted, indexes: ["tags"] }] }),
    "event-type-malformed",
  );
  assert.equal(
    codeOfDefinition({ events: [{ ...posted, indexes: ["other"] }] }),
    "event-type-malformed",
  );
  assert.equal(
    codeOfDefinition({ events: [posted, { ...posted, name: "Posted" }] }),
    "events-malformed",
  );
  assert.equal(codeOfDefinition({ events: [{ ...posted, kind: "merkle" }] }), "events-malformed");
  assert.equal(
    codeOfDefinition({ events: [{ ...posted, name: "not a name" }] }),
    "events-malformed",
  );
  const nine = Array.from({ length: 9 }, () => "author");
  assert.equal(codeOfDefinition({ events: [{ ...posted, indexes: nine }] }), "events-malformed");
  const many = Array.from({ length: 257 }, () => posted);
  assert.equal(codeOfDefinition({ events: many }), "events-malformed");
  assert.equal(codeOfDefinition({ schema: "[" }), "events-malformed");
  assert.equal(
    codeOfDefinition({ schema: '{"types":{},"history":{"posted":"Missing"}}' }),
    "event-type-malformed",
  );
  assert.throws(() => merkleEvent("not a name", { number: u32 }), RangeError);
});

test("from emitting to a proof that a reader of headers believes", async () => {
  const network = withNotes();
  const events = openedEvents();
  const results = [
    blockOf(network, [emit(3)], [see(7), emit(1)]),
    blockOf(network, [see(8)]),
    blockOf(network, [emit(2)]),
    blockOf(network, [emit(1)]),
  ];
  for (const result of results) keep(events, result);
  const last = results.at(-1);
  assert.ok(last !== undefined);
  // A later header carries the root: that is what a reader has.
  const header = {
    eventRoot: network.draft(last.applied).eventRoot,
    executedNum: last.applied.num,
  };
  for (const { events: emitted, applied } of results) {
    for (const { merkle, transactionId } of emitted) {
      if (merkle === undefined) continue;
      const found = events.proveEvent(transactionId, merkle.index, header.executedNum);
      assert.ok(found.ok);
      const proved = verifyEventProof(header.eventRoot, found.value.proof);
      assert.ok(proved.ok);
      assert.equal(proved.value.id, merkle.id);
      assert.equal(proved.value.blockNum, applied.num);
      assert.equal(proved.value.transactionId, transactionId);
      assert.equal(proved.value.service, notes.name);
      const older = events.proveEvent(transactionId, merkle.index, applied.num);
      assert.ok(older.ok && verifyEventProof(applied.eventRoot, older.value.proof).ok);
    }
  }
  await events.close();
});

test("every declared index finds what the service emitted, whatever the field's type", async () => {
  const network = withNotes();
  const events = openedEvents();
  for (const result of [
    blockOf(network, [see(1, "x"), see(12, "y")]),
    blockOf(network, [see(12, "x")]),
  ]) {
    keep(events, result);
  }
  const declared = declaredEvents(notes.module.definition);
  const seen = declared.ok ? declared.value.get("seen") : undefined;
  assert.ok(seen !== undefined);
  const found = (field: string, text: string): readonly number[] => {
    const value = seen.type.parseIndexValue(field, text);
    assert.ok(value.ok);
    const query: EventQuery = {
      service: notes.name,
      event: "seen",
      index: { field, value: value.value },
      limit: 10,
      reverse: false,
    };
    const page = events.eventsOf(query);
    assert.ok(page.ok);
    return page.value.events.map(({ sequence }) => sequence);
  };
  const [a, b, c] = [sequenceOf(2, 0), sequenceOf(2, 1), sequenceOf(3, 0)];
  for (const where of ["memory", "file"]) {
    if (where === "file") events.makeDurable(blockNumOf(3));
    assert.deepEqual(found("topic", "x"), [a, c], where);
    assert.deepEqual(found("number", "12"), [b, c]);
    assert.deepEqual(found("size", String(2n ** 63n)), [a, b, c]);
    assert.deepEqual(found("pinned", "true"), [b, c]);
    assert.deepEqual(found("pinned", "false"), [a]);
    assert.deepEqual(found("mark", "ab".repeat(32)), [b, c]);
    assert.deepEqual(found("topic", "z"), []);
  }
  await events.close();
});

test("a snapshot carries what the event root goes on from, and is refused with another root", () => {
  const network = withNotes();
  blockOf(network, [emit(3)]);
  blockOf(network, [emit(1)]);
  const exported = network.chain.exportSnapshot();
  assert.ok(exported !== undefined);
  const fresh = new TestNetwork({
    services: [notes.module, notesPeer.module],
    state: memoryState(),
  });
  const wrong = { ...exported.applied, eventRoot: zeroChecksum };
  const refused = fresh.chain.installSnapshot(wrong, exported.chunks);
  assert.deepEqual(refused, {
    ok: false,
    error: {
      code: "snapshot-event-root-differs",
      expected: zeroChecksum,
      computed: exported.applied.eventRoot,
    },
  });
  assert.ok(fresh.chain.installSnapshot(exported.applied, exported.chunks).ok);
  fresh.time = network.time;
  const transaction = network.transaction([emit(2)], ownerKey);
  const expected = network.block([transaction]);
  const result = fresh.block([transaction]);
  assert.equal(result.applied.eventRoot, expected.applied.eventRoot);
  assert.deepEqual(result.eventTree, expected.eventTree);
  assert.equal(eventRootOf(result.eventTree.before), exported.applied.eventRoot);
});

test("an event is found by its name in whatever way it is written", () => {
  const { definition } = notes.module;
  for (const name of ["seen", "Seen", "SEEN"])
    assert.equal(findEvent(definition, name)?.name, "seen");
  for (const name of ["sees", "", "no name"]) assert.equal(findEvent(definition, name), undefined);
});
