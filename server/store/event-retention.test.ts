import assert from "node:assert/strict";
import { test } from "node:test";

import { verifyEventProof } from "@kith/protocol/event-proof";
import { eventRootOf } from "@kith/protocol/event-tree";
import { blockNumOf, type AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { eventsPathOf } from "./event-file.ts";
import {
  BlockMaker,
  forum,
  moved,
  openedEvents,
  posted,
  transactionOf,
  type Emission,
} from "./event-fixtures.ts";
import type { EventsKept } from "./event-retention.ts";
import { blockOfSequence, sequenceOf } from "./event-store.ts";
import type { OpenedEvents } from "./events.ts";
import { newFolder } from "./fixtures.ts";
import { eventOverheadBytes } from "./pending-events.ts";
import { Connection, numberOf } from "./sqlite.ts";

const other = accountNameConstant("other");
const third = accountNameConstant("third");

type Kept = { readonly events: OpenedEvents; readonly blocks: BlockMaker; readonly folder: string };

/** Blocks of a second each, from 1 to `count`, with these events. */
function withBlocks(kept: EventsKept, count: number, emissions: readonly Emission[]): Kept {
  const folder = newFolder();
  const events = openedEvents(folder, { kept });
  const blocks = new BlockMaker();
  for (let num = 1; num <= count; num++) events.append(blocks.next(emissions));
  return { events, blocks, folder };
}

function blocksOf(events: OpenedEvents, service: AccountName): readonly number[] {
  const page = events.eventsOf({ service, limit: 10_000, reverse: false });
  assert.ok(page.ok);
  return page.value.events.map(({ sequence }) => blockOfSequence(sequence));
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function countOf(folder: string, table: string): number {
  const connection = new Connection(eventsPathOf(folder));
  const count = numberOf(connection.prepare(`SELECT COUNT(*) FROM ${table}`).get()?.[0]);
  connection.close();
  return count;
}

test("events go by their age, and whoever asks for older ones is told where history begins", async () => {
  const { events } = withBlocks({ ageSeconds: 10 }, 30, [{ declared: posted }]);
  events.pruneNow(35_000_000);
  assert.deepEqual(blocksOf(events, forum), numbers(25, 30));
  const early = events.eventsOf({
    service: forum,
    from: sequenceOf(24, 0),
    limit: 1,
    reverse: false,
  });
  assert.deepEqual(early, { ok: false, error: { code: "events-not-kept", oldest: 25 } });
  const page = events.eventsOf({
    service: forum,
    from: sequenceOf(25, 0),
    limit: 1,
    reverse: false,
  });
  assert.ok(page.ok && page.value.oldest === 25);
  events.pruneNow(35_000_000);
  assert.deepEqual(blocksOf(events, forum), numbers(25, 30));
  await events.close();
});

test("the oldest go by size, in whole blocks", async () => {
  const emissions = [{ declared: posted, text: "x".repeat(1000) }, { declared: moved }];
  const { events } = withBlocks({ sizeBytes: 50_000 }, 600, emissions);
  const [first] = [events.eventsOf({ service: forum, limit: 2, reverse: false })];
  assert.ok(first.ok);
  const blockBytes = first.value.events.reduce(
    (sum, { data }) => sum + data.length + eventOverheadBytes,
    0,
  );
  events.pruneNow(0);
  const left = blocksOf(events, forum);
  const count = Math.floor(50_000 / blockBytes);
  assert.equal(left.length, 2 * count);
  assert.deepEqual(new Set(left), new Set(numbers(601 - count, 600)));
  await events.close();
});

test("a service with a rule of its own is kept by that, and does not count for the others", async () => {
  const emissions = [forum, other, third].map((service) => ({ declared: posted, service }));
  const services = new Map<AccountName, number | "all">([
    [other, "all"],
    [third, 3],
  ]);
  const { events } = withBlocks({ ageSeconds: 10, services }, 30, emissions);
  events.pruneNow(30_000_000);
  assert.deepEqual(blocksOf(events, forum), numbers(20, 30));
  assert.deepEqual(blocksOf(events, other), numbers(1, 30));
  assert.deepEqual(blocksOf(events, third), numbers(27, 30));
  await events.close();
  const sized = withBlocks({ sizeBytes: 0, services }, 30, emissions);
  sized.events.pruneNow(30_000_000);
  assert.deepEqual(blocksOf(sized.events, forum), []);
  assert.deepEqual(blocksOf(sized.events, other), numbers(1, 30));
  await sized.events.close();
});

test("an age of zero keeps nothing, and what comes later is there until the next time", async () => {
  const services = new Map([[forum, 0]]);
  const { events, blocks } = withBlocks({ services }, 5, [{ declared: posted }]);
  events.pruneNow(6_000_000);
  assert.deepEqual(blocksOf(events, forum), []);
  events.append(blocks.next([{ declared: posted }]));
  assert.deepEqual(blocksOf(events, forum), [6]);
  await events.close();
});

test("nothing is removed where nothing is said", async () => {
  const folder = newFolder();
  const events = openedEvents(folder);
  const blocks = new BlockMaker();
  for (let num = 1; num <= 5; num++) events.append(blocks.next([{ declared: posted }]));
  events.pruneNow(Number.MAX_SAFE_INTEGER);
  assert.deepEqual(blocksOf(events, forum), numbers(1, 5));
  await events.close();
});

test("what is kept stays provable when what came before it is gone, and only that part of the tree is left", async () => {
  const { events, blocks, folder } = withBlocks({ ageSeconds: 20 }, 300, [{ declared: moved }]);
  events.pruneNow(300_000_000);
  const root = eventRootOf(blocks.tree);
  assert.deepEqual(blocksOf(events, forum), numbers(280, 300));
  for (const num of numbers(280, 300)) {
    for (const at of [num, 300]) {
      const found = events.proveEvent(transactionOf(num), 0, blockNumOf(at));
      assert.ok(found.ok, `${num} at ${at}`);
      if (at === 300) assert.ok(verifyEventProof(root, found.value.proof).ok);
    }
  }
  const gone = events.proveEvent(transactionOf(279), 0, blockNumOf(300));
  assert.equal(gone.ok ? "" : gone.error.code, "event-unknown");
  assert.equal(countOf(folder, "event_blocks"), 21);
  // 21 leaves with what stands above them, and the few siblings on the left.
  assert.ok(countOf(folder, "event_tree") < 60, `${countOf(folder, "event_tree")}`);
  await events.close();
});

test("removal that goes on in the background leaves the same, while blocks come and are durable in time", async () => {
  const { events, blocks } = withBlocks({ ageSeconds: 10 }, 2000, [{ declared: posted }]);
  events.makeDurable(events.newestNum());
  events.prune(2000_000_000);
  for (let num = 2001; num <= 2050; num++) {
    events.append(blocks.next([{ declared: posted }]));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const last = blockNumOf(2050);
  while (!events.isDurable(last)) await new Promise((resolve) => setTimeout(resolve, 1));
  while (blocksOf(events, forum)[0] !== 1990)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(blocksOf(events, forum), numbers(1990, 2050));
  await events.close();
});
