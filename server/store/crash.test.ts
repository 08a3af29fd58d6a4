import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { blockNumOf, brandAccountName } from "@kith/protocol/ids";

import { BlockMaker, eventsOfBlock, forum, openedEvents, postedCodec } from "./event-fixtures.ts";
import { blockOfSequence, placeOfSequence } from "./event-store.ts";
import { appliedRecord, newFolder, openedLog, openedState } from "./fixtures.ts";

const child = join(import.meta.dirname, "crash-child.ts");

/** Runs the child until it has printed something and some more milliseconds; the last number that it printed. */
function killedChild(
  what: "log" | "state" | "events",
  folder: string,
  afterMs: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, what, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    running.stdout.on("data", (chunk: Buffer) => {
      if (printed === "") setTimeout(() => running.kill("SIGKILL"), afterMs);
      printed += chunk.toString();
    });
    running.on("error", reject);
    running.on("close", (_, signal) => {
      if (signal !== "SIGKILL") reject(new Error("the child ended by itself"));
      const whole = printed.slice(0, printed.lastIndexOf("\n"));
      resolve(Number(whole.slice(whole.lastIndexOf("\n") + 1)));
    });
  });
}

test(
  "a node that is killed while it writes loses no block that it said was on disk",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    let acknowledged = 0;
    for (let round = 0; round < 4; round += 1) {
      const last = await killedChild("log", folder, 40 + 60 * round);
      assert.ok(last > acknowledged, `${last} after ${acknowledged}`);
      acknowledged = last;
      const { log, notes } = openedLog(folder);
      assert.deepEqual(
        notes.filter(({ kind }) => kind === "corrupt-blocks"),
        [],
      );
      assert.ok((log.range()?.last ?? 0) >= acknowledged);
      assert.deepEqual(log.scrub(blockNumOf(1), 1_000_000), []);
      await log.close();
    }
  },
);

const service = brandAccountName("counter");

/** Every block wrote its number into the first row: it is the height that the state says it has, or it is torn. */
function checkedHeight(folder: string): number {
  const state = openedState(folder);
  const height = state.applied()?.num ?? 0;
  const row = state.getRow({ service, space: 0, key: Uint8Array.of(1) }) ?? Uint8Array.of(0, 0, 0);
  assert.equal(((row[0] ?? 0) << 16) | ((row[1] ?? 0) << 8) | (row[2] ?? 0), height);
  assert.deepEqual(state.applied(), height === 0 ? undefined : appliedRecord(height));
  let rows = 0;
  for (const { space } of state.listSpaces()) {
    const from = Uint8Array.of(2);
    rows += state.rangeRows({ service, space, from, reverse: false, limit: 1_000_000 }).length;
  }
  assert.equal(rows, height);
  void state.close();
  return height;
}

test(
  "a state that is killed while it applies holds whole blocks, and so does what a power cut leaves of it",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    const printed = await killedChild("state", folder, 150);
    // The log of writes is not fsynced: a power cut may leave any beginning of it.
    for (const share of [0, 0.2, 0.5, 0.9]) {
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true });
      rmSync(join(copy, "state.db-shm"), { force: true });
      const wal = join(copy, "state.db-wal");
      truncateSync(wal, Math.floor(statSync(wal).size * share));
      const height = checkedHeight(copy);
      const state = openedState(copy);
      state.begin();
      state.putRow({ service, space: 0, key: Uint8Array.of(1) }, Uint8Array.of(0, 0, 1));
      state.commit(appliedRecord(height + 1));
      assert.equal(state.applied()?.num, height + 1);
      await state.close();
    }
    assert.ok(checkedHeight(folder) >= printed);
  },
);

/** Every event of every block up to `num` is there once, in its place. */
function checkedEvents(events: ReturnType<typeof openedEvents>, num: number): void {
  const page = events.eventsOf({ service: forum, limit: 1_000_000, reverse: false });
  assert.ok(page.ok);
  const found = page.value.events.map(({ sequence, data }) => {
    const { text } = postedCodec.trustedUnpack(data);
    return [`${blockOfSequence(sequence)}.${placeOfSequence(sequence)}`, text];
  });
  const expected = Array.from({ length: num }, (_, at) =>
    eventsOfBlock(at + 1).map(({ text }) => [text, text]),
  ).flat();
  assert.deepEqual(found, expected);
  assert.deepEqual([page.value.oldest, page.value.newest, page.value.gaps], [1, num, []]);
}

test(
  "events that are killed with the state have every event of every block once, and are never behind the state",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    let reached = 0;
    for (let round = 0; round < 4; round += 1) {
      const printed = await killedChild("events", folder, 150 + 130 * round);
      const state = openedState(folder);
      const applied = state.applied()?.num ?? 0;
      await state.close();
      const events = openedEvents(folder);
      const newest = events.newestNum();
      assert.ok(newest >= applied, `events to ${newest}, state to ${applied}`);
      assert.ok(
        newest > reached && newest >= printed,
        `${newest} after ${reached}, said ${printed}`,
      );
      checkedEvents(events, newest);
      // The blocks behind the state are executed again.
      const blocks = new BlockMaker();
      while (blocks.num < applied) blocks.next(eventsOfBlock(blocks.num + 1));
      while (blocks.num < newest + 10) events.append(blocks.next(eventsOfBlock(blocks.num + 1)));
      checkedEvents(events, newest + 10);
      reached = newest;
      await events.close();
    }
  },
);
