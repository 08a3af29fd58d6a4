import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { verifyEventProof } from "@kith/protocol/event-proof";
import { eventRootOf } from "@kith/protocol/event-tree";
import { blockIdOf, blockNumOf, type Checksum } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import {
  BlockMaker,
  forum,
  moved,
  openedEvents,
  posted,
  postedCodec,
  transactionOf,
  versionOf,
} from "./event-fixtures.ts";
import { openEventReader } from "./event-reader.ts";
import {
  blockOfSequence,
  placeOfSequence,
  sequenceOf,
  type EventPage,
  type EventQuery,
  type EventReader,
} from "./event-store.ts";
import { openEvents, type OpenedEvents } from "./events.ts";
import { newFolder } from "./fixtures.ts";

const all: EventQuery = { service: forum, limit: 1000, reverse: false };

function pageOf(events: EventReader, query: Partial<EventQuery> = {}): EventPage {
  const page = events.eventsOf({ ...all, ...query });
  assert.ok(page.ok, JSON.stringify(page));
  return page.value;
}

/** Block and place of what a query finds. */
function placesOf(events: EventReader, query: Partial<EventQuery> = {}): readonly string[] {
  return pageOf(events, query).events.map(
    ({ sequence }) => `${blockOfSequence(sequence)}.${placeOfSequence(sequence)}`,
  );
}

async function written(events: OpenedEvents): Promise<void> {
  events.makeDurable(events.newestNum());
  await new Promise((resolve) => setImmediate(resolve));
}

function filled(events: OpenedEvents): void {
  const blocks = new BlockMaker();
  events.append(blocks.next([{ declared: posted, thread: 1 }, { declared: moved }]));
  events.append(blocks.next());
  events.append(blocks.next([{ declared: posted, thread: 2, author: "bob", text: "hi" }]));
  events.append(
    blocks.next([
      { declared: posted, thread: 1, author: "bob" },
      { declared: posted, thread: 1, service: accountNameConstant("other") },
      { declared: moved, author: "bob" },
    ]),
  );
}

for (const [where, prepare] of [
  ["in memory", () => Promise.resolve()],
  ["in the file", written],
] as const) {
  test(`events that are ${where} are found by service, name, index and range`, async () => {
    const events = openedEvents(newFolder());
    filled(events);
    await prepare(events);
    assert.deepEqual(placesOf(events), ["1.0", "1.1", "3.0", "4.0", "4.2"]);
    assert.deepEqual(placesOf(events, { reverse: true, limit: 2 }), ["4.2", "4.0"]);
    assert.deepEqual(placesOf(events, { event: "posted" }), ["1.0", "3.0", "4.0"]);
    const byThread = { event: "posted", index: { field: "thread", value: 1 } };
    assert.deepEqual(placesOf(events, byThread), ["1.0", "4.0"]);
    assert.deepEqual(placesOf(events, { index: { field: "author", value: "bob" } }), [
      "3.0",
      "4.0",
      "4.2",
    ]);
    assert.deepEqual(placesOf(events, { index: { field: "author", value: "carol" } }), []);
    const range = { from: sequenceOf(1, 1), to: sequenceOf(4, 2) };
    assert.deepEqual(placesOf(events, range), ["1.1", "3.0", "4.0"]);
    assert.deepEqual(placesOf(events, { ...range, reverse: true }), ["4.0", "3.0", "1.1"]);
    assert.deepEqual(placesOf(events, { service: accountNameConstant("other") }), ["4.1"]);
    assert.deepEqual(placesOf(events, { service: accountNameConstant("nobody") }), []);
    const page = pageOf(events, { limit: 4 });
    assert.deepEqual([page.more, page.oldest, page.newest, page.gaps], [true, 1, 4, []]);
    assert.equal(pageOf(events, { limit: 5 }).more, false);
    assert.deepEqual(page.events[2]?.json(), { author: "bob", thread: 2, text: "hi" });
    assert.equal(page.events[2]?.transactionId, transactionOf(3));
    assert.deepEqual(page.events[1]?.merkle, { id: 1, index: 0 });
    assert.equal(events.timeOf(blockNumOf(3)), 3_000_000);
    assert.equal(events.timeOf(blockNumOf(2)), undefined);
    await events.close();
  });
}

test("an index that no version of the event has is an error", async () => {
  const events = openedEvents(newFolder());
  filled(events);
  const unknown = events.eventsOf({ ...all, event: "moved", index: { field: "thread", value: 1 } });
  assert.deepEqual(unknown, { ok: false, error: { code: "event-index-unknown", field: "thread" } });
  await events.close();
});

test("a reader on a connection of its own sees what is in the file, whole blocks, also when versions are added", async () => {
  const folder = newFolder();
  assert.equal(openEventReader(folder), undefined);
  const events = openedEvents(folder);
  const reader = openEventReader(folder);
  assert.ok(reader !== undefined);
  assert.deepEqual(placesOf(reader), []);
  assert.equal(pageOf(reader).newest, 0);
  filled(events);
  await written(events);
  assert.deepEqual(placesOf(reader), placesOf(events));
  assert.equal(pageOf(reader).newest, 4);
  const { type: _type, ...version } = posted;
  assert.equal(version.name, "posted");
  assert.deepEqual(pageOf(reader, { event: "posted" }).events[1]?.json(), {
    author: "bob",
    thread: 2,
    text: "hi",
  });
  reader.close();
  await events.close();
});

test("pitfall 16: after a new start everything is there, and blocks that come again are passed over", async () => {
  const folder = newFolder();
  const events = openedEvents(folder);
  filled(events);
  const before = pageOf(events).events.map((event) => [event.sequence, event.json()]);
  await events.close();
  const again = openedEvents(folder);
  assert.equal(again.newestNum(), 4);
  filled(again);
  assert.deepEqual(
    pageOf(again).events.map((event) => [event.sequence, event.json()]),
    before,
  );
  await again.close();
});

test("events of another chain are refused", async () => {
  const folder = newFolder();
  const [ours, theirs] = [blockIdOf("01".repeat(32)), blockIdOf("02".repeat(32))];
  for (let start = 0; start < 2; start++) await openedEvents(folder, { chain: ours }).close();
  const onBroken = assert.fail;
  assert.deepEqual(openEvents({ folder, chain: theirs, onBroken }), {
    ok: false,
    error: { code: "events-of-other-chain", chain: ours },
  });
  await openedEvents(folder, { chain: ours }).close();
});

test("a file that is none is refused", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "events.db"), "x".repeat(8192));
  const opened = openEvents({ folder, onBroken: assert.fail });
  assert.equal(opened.ok ? "" : opened.error.code, "events-unreadable");
});

test("when a version changes its indexes, history by an index begins where all events have it", async () => {
  const events = openedEvents(newFolder());
  const blocks = new BlockMaker();
  const byText = versionOf("posted", "history", ["text", "author"]);
  events.append(blocks.next([{ declared: posted, text: "a" }]));
  events.append(blocks.next([{ declared: byText, text: "b" }]));
  events.append(blocks.next([{ declared: byText, text: "a" }]));
  for (const step of ["memory", "file"]) {
    if (step === "file") await written(events);
    assert.deepEqual(
      placesOf(events, { index: { field: "author", value: "alice" } }),
      ["1.0", "2.0", "3.0"],
      step,
    );
    assert.deepEqual(placesOf(events, { index: { field: "text", value: "a" } }), ["3.0"]);
  }
  assert.equal(pageOf(events, { index: { field: "text", value: "a" } }).oldest, 2);
  const early = events.eventsOf({
    ...all,
    from: sequenceOf(1, 0),
    index: { field: "text", value: "a" },
  });
  assert.deepEqual(early, { ok: false, error: { code: "events-not-kept", oldest: 2 } });
  await events.close();
});

test("blocks that a snapshot took the place of are a gap, and history of a new node begins behind it", async () => {
  for (const kept of [0, 2]) {
    const folder = newFolder();
    const events = openedEvents(folder);
    const blocks = new BlockMaker();
    for (let num = 1; num <= 6; num++) {
      const block = blocks.next([{ declared: moved }]);
      if (num <= kept || num > 4) events.append(block);
    }
    const expected = kept === 0 ? ["5.0", "6.0"] : ["1.0", "2.0", "5.0", "6.0"];
    const gaps = kept === 0 ? [] : [{ first: 3, last: 4 }];
    for (const step of ["memory", "file"]) {
      if (step === "file") await written(events);
      assert.deepEqual(placesOf(events), expected, step);
      assert.deepEqual([pageOf(events).oldest, pageOf(events).gaps], [kept === 0 ? 5 : 1, gaps]);
    }
    await events.close();
    const again = openedEvents(folder);
    assert.deepEqual([pageOf(again).oldest, pageOf(again).gaps], [kept === 0 ? 5 : 1, gaps]);
    if (kept === 0) {
      const early = again.eventsOf({ ...all, from: sequenceOf(4, 0) });
      assert.deepEqual(early, { ok: false, error: { code: "events-not-kept", oldest: 5 } });
    }
    await again.close();
  }
});

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`every Merkle event is proved against the root after every later block, also by a node that started late (seed ${seed})`, async () => {
  const random = seedRandom(seed);
  const firstSeen = 1 + nextBelow(random, 20);
  const [whole, late] = [openedEvents(newFolder()), openedEvents(newFolder())];
  const blocks = new BlockMaker();
  const roots: Checksum[] = [];
  const emitted: { readonly num: number; readonly count: number }[] = [];
  for (let num = 1; num <= 60; num++) {
    const count = nextBelow(random, 3) === 0 ? 0 : 1 + nextBelow(random, 4);
    const block = blocks.next(
      Array.from({ length: count }, () => ({ declared: moved, text: `${num}` })),
    );
    roots[num] = eventRootOf(blocks.tree);
    emitted.push({ num, count });
    whole.append(block);
    if (num >= firstSeen) late.append(block);
  }
  for (const { num, count } of emitted) {
    for (let index = 0; index < count; index++) {
      for (let at = num; at <= 60; at += 1 + nextBelow(random, 5)) {
        for (const events of num < firstSeen ? [whole] : [whole, late]) {
          const found = events.proveEvent(transactionOf(num), index, blockNumOf(at));
          assert.ok(found.ok, `${num}.${index} at ${at}`);
          const proved = verifyEventProof(roots[at] as Checksum, found.value.proof);
          assert.ok(proved.ok);
          assert.deepEqual(
            [proved.value.blockNum, proved.value.transactionId],
            [num, transactionOf(num)],
          );
          const data = postedCodec.unpack(proved.value.rawData);
          assert.equal(data.ok && data.value.text, `${num}`);
        }
      }
    }
  }
  await whole.close();
  await late.close();
});

test("what cannot be proved says why", async () => {
  const events = openedEvents(newFolder());
  const blocks = new BlockMaker();
  const seen = [1, 2, 6, 7];
  for (let num = 1; num <= 7; num++) {
    const block = blocks.next([{ declared: posted }, { declared: moved }]);
    if (seen.includes(num)) events.append(block);
  }
  const codeOf = (num: number, index: number, at: number): string => {
    const found = events.proveEvent(transactionOf(num), index, blockNumOf(at));
    return found.ok ? "ok" : found.error.code;
  };
  assert.equal(codeOf(1, 0, 1), "ok");
  assert.equal(codeOf(1, 0, 2), "ok");
  assert.equal(codeOf(1, 1, 2), "event-unknown");
  assert.equal(codeOf(9, 0, 7), "event-unknown");
  assert.equal(codeOf(2, 0, 1), "event-not-yet");
  // The third block was never seen, and neither was what stands above it.
  assert.equal(codeOf(1, 0, 4), "event-path-unknown");
  assert.equal(codeOf(6, 0, 7), "ok");
  await events.close();
});
