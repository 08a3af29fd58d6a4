import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { brandAccountName } from "@kith/protocol/ids";

import { appliedRecord, newFolder, openedState } from "../fixtures.ts";
import { openStateReader } from "../state-reader.ts";
import type { OpenedState } from "../state.ts";
import { markReady, stagedFolder } from "./staged-file.ts";
import { StagedState } from "./staged-state.ts";

const service = brandAccountName("counter");
const rowsOfBlock = 50;

/** All rows say the height, so that a mixture of two states would show. */
function write(state: Pick<OpenedState, "begin" | "putRow" | "commit">, num: number): void {
  state.begin();
  for (let at = 0; at < rowsOfBlock; at++) {
    state.putRow({ service, space: 16 * (at % 3), key: Uint8Array.of(at) }, Uint8Array.of(num));
  }
  state.commit(appliedRecord(num));
}

function stage(folder: string, num: number): void {
  const staged = new StagedState({ folder: stagedFolder(folder), isNeededFirst: () => false });
  write(staged, num);
  staged.close();
}

/** The height that every row says; fails when they say different ones. */
function heightOf(state: Pick<OpenedState, "rangeRows" | "applied">): number {
  const rows = [0, 16, 32].flatMap((space) =>
    state.rangeRows({ service, space, reverse: false, limit: 1000 }),
  );
  const heights = new Set(rows.map(({ row }) => row[0]));
  const num = state.applied()?.num ?? 0;
  assert.deepEqual([rows.length, [...heights]], [rowsOfBlock, [num]]);
  return num;
}

test("a staged state takes the place of the one that is open, for everybody who reads it", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  write(state, 1);
  await state.flush();
  write(state, 2);
  stage(folder, 9);
  markReady(stagedFolder(folder), 9);
  let heightThen = 0;
  await state.adopt(() => (heightThen = heightOf(state)));
  assert.deepEqual([heightThen, heightOf(state)], [9, 9]);
  assert.deepEqual([state.writtenNum(), state.durableNum()], [9, 9]);
  assert.equal(state.appliedAt(appliedRecord(1).num), undefined);
  assert.equal(existsSync(stagedFolder(folder)), false);
  write(state, 10);
  await state.flush();
  assert.equal(state.durableNum(), 10);
  const reader = openStateReader(folder);
  assert.equal(
    reader.read((_, applied) => applied?.num),
    10,
  );
  reader.close();
  await state.close();
  const again = openedState(folder);
  assert.equal(heightOf(again), 10);
  await again.close();
});

test("what is being written when a staged state takes its place is left out", async () => {
  const folder = newFolder();
  const state = openedState(folder, { pendingBytesMax: 1000 });
  for (let num = 1; num <= 5; num++) write(state, num);
  stage(folder, 9);
  markReady(stagedFolder(folder), 9);
  const adopted = state.adopt(() => undefined);
  assert.equal(heightOf(state), 5, "until then the old one is read");
  await adopted;
  assert.equal(heightOf(state), 9);
  await state.close();
});

test("in the middle of a block no state takes the place of another", async () => {
  const state = openedState(newFolder());
  state.begin();
  await assert.rejects(state.adopt(() => undefined));
  state.abandon();
  await state.close();
});

test("the next start finishes what was begun, from wherever it was interrupted", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  write(state, 1);
  await state.close();
  stage(folder, 9);
  const unfinished = openedState(folder);
  assert.equal(heightOf(unfinished), 1, "a state that is not ready does not count");
  await unfinished.close();
  markReady(stagedFolder(folder), 9);
  writeFileSync(join(folder, "state.db-wal"), "of the old file");
  const finished = openedState(folder);
  assert.equal(heightOf(finished), 9);
  await finished.close();
  // The folder was not removed any more.
  stage(folder, 11);
  const done = new StagedState({ folder: join(folder, "other"), isNeededFirst: () => false });
  done.begin();
  done.abandon();
  done.close();
  const again = openedState(folder);
  assert.equal(heightOf(again), 9);
  await again.close();
});

test("a staged state that blocks have overtaken is thrown away", async () => {
  const folder = newFolder();
  const state = openedState(folder);
  write(state, 12);
  await state.close();
  stage(folder, 9);
  markReady(stagedFolder(folder), 9);
  const again = openedState(folder);
  assert.equal(heightOf(again), 12);
  assert.equal(existsSync(stagedFolder(folder)), false);
  await again.close();
});

test("a state.db that cannot be read gives way to one that can", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "state.db"), "not a database ".repeat(500));
  stage(folder, 9);
  markReady(stagedFolder(folder), 9);
  const state = openedState(folder);
  assert.equal(heightOf(state), 9);
  await state.close();
});

test("while a state is held back its file stays at one height, and goes on behind it", async () => {
  const folder = newFolder();
  const state = openedState(folder, { pendingBytesMax: 30_000 });
  write(state, 1);
  await state.hold();
  write(state, 2);
  const written = state.writeHeld();
  write(state, 3);
  await written;
  assert.equal(state.writtenNum(), 2);
  await new Promise((resolve) => setTimeout(resolve, 1300));
  assert.equal(state.writtenNum(), 2, "also after the time in which it is written otherwise");
  assert.equal(heightOf(state), 3);
  state.release();
  await state.write();
  assert.equal(state.writtenNum(), 3);
  await state.hold();
  for (let num = 4; num < 60; num++) write(state, num);
  await state.write();
  assert.ok(state.writtenNum() > 3, "who holds it back for too long is not heard");
  state.release();
  await state.close();
});

const child = join(import.meta.dirname, "adopt-child.ts");

test(
  "a node that is killed while a state takes the place of another has one of the two, whole",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    let before = 0;
    for (let round = 0; round < 6; round++) {
      const printed = await killedAfter(folder, 30 * round);
      const state = openedState(folder);
      const height = state.applied() === undefined ? 0 : heightOf(state);
      await state.close();
      assert.ok(height >= before && height >= printed, `${height} after ${before}, ${printed}`);
      before = height;
    }
    assert.ok(before > 0);
  },
);

/** The last height that the child said was in its place when it was killed, so many milliseconds after the first. */
function killedAfter(folder: string, afterMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    running.stdout.on("data", (chunk: Buffer) => {
      if (printed === "") setTimeout(() => running.kill("SIGKILL"), afterMs);
      printed += chunk.toString();
    });
    running.on("error", reject);
    running.on("close", () => {
      const whole = printed.slice(0, printed.lastIndexOf("\n"));
      resolve(Number(whole.slice(whole.lastIndexOf("\n") + 1)));
    });
  });
}
