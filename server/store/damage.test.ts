import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import { nextFloat, seedRandom } from "@kith/protocol/random";
import type { Result } from "@kith/protocol/result";

import { blocksFrom, newFolder, openedLog, persisted } from "./fixtures.ts";
import { openLog } from "./log.ts";
import type { OpenedLog, OpenLogError } from "./log.ts";

const num = blockNumOf;
const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

/** Many logs are opened one after another, and other tests use the disk too. */
const patient = { timeout: 60_000 };

function open(folder: string): Result<OpenedLog, OpenLogError> {
  return openLog({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
  });
}

function copyOf(folder: string): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, "log.db-shm"), { force: true });
  return copy;
}

function flipByte(path: string, offset: number, mask: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ mask;
  writeFileSync(path, bytes);
}

/** Logs as they are on disk after each of some groups, as if the node had been killed then. */
async function killedAfterGroups(groups: number): Promise<{
  readonly folders: readonly string[];
  readonly blocks: readonly SealedBlock[];
}> {
  const folder = newFolder();
  const { log } = openedLog(folder);
  const blocks: SealedBlock[] = [];
  const folders: string[] = [];
  for (let group = 0; group < groups; group += 1) {
    const added = blocksFrom(blocks.at(-1), 2, { sizeBytes: 3000 });
    await persisted(log, { ballot: { term: termOf(group) }, blocks: added });
    blocks.push(...added);
    folders.push(copyOf(folder));
  }
  await log.close();
  return { folders, blocks };
}

function usedWalBytes(folder: string): number {
  const bytes = readFileSync(join(folder, "log.db-wal"));
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end;
}

test("a killed node finds everything that was on disk", async () => {
  const { folders, blocks } = await killedAfterGroups(4);
  for (const [index, folder] of folders.entries()) {
    const { log, notes } = openedLog(folder);
    assert.deepEqual(notes, []);
    assert.equal(log.range()?.last, 2 * (index + 1));
    assert.equal(log.ballot().term, index);
    const read = log.readBlock(num(2 * (index + 1)));
    assert.ok(read.kind === "found");
    assert.deepEqual(read.block, blocks[2 * index + 1]);
    await log.close();
  }
});

test("a last write that was cut off anywhere is dropped and reported", patient, async () => {
  const { folders } = await killedAfterGroups(4);
  const [before, after] = [folders[2], folders[3]];
  assert.ok(before !== undefined && after !== undefined);
  const [start, end] = [usedWalBytes(before), usedWalBytes(after)];
  for (let cut = 1; cut < 12; cut += 1) {
    const folder = copyOf(after);
    cpSync(join(before, "log.synced"), join(folder, "log.synced"));
    truncateSync(join(folder, "log.db-wal"), start + Math.floor(((end - start) * cut) / 12));
    const { log, notes } = openedLog(folder);
    assert.equal(log.range()?.last, 6);
    assert.equal(log.ballot().term, 2);
    assert.deepEqual(
      notes.map(({ kind }) => kind),
      cut * (end - start) < 12 * 4120 ? [] : ["torn-tail"],
    );
    await log.close();
  }
});

test("pitfall 35: a hole in the last write, which was never finished, is a torn tail", async () => {
  const { folders } = await killedAfterGroups(4);
  const [before, after] = [folders[2], folders[3]];
  assert.ok(before !== undefined && after !== undefined);
  const folder = copyOf(after);
  cpSync(join(before, "log.synced"), join(folder, "log.synced"));
  flipByte(join(folder, "log.db-wal"), usedWalBytes(before) + 100, 0xff);
  const { log, notes } = openedLog(folder);
  assert.deepEqual(
    notes.map(({ kind }) => kind),
    ["torn-tail"],
  );
  assert.equal(log.range()?.last, 6);
  await log.close();
});

test(
  `a flipped bit in the write-ahead log never loses what was on disk (seed ${seed})`,
  patient,
  async () => {
    const random = seedRandom(seed);
    const { folders, blocks } = await killedAfterGroups(4);
    const killed = folders.at(-1);
    assert.ok(killed !== undefined);
    const end = usedWalBytes(killed);
    let refused = 0;
    for (let round = 0; round < 40; round += 1) {
      const folder = copyOf(killed);
      const offset = round < 24 ? Math.floor(nextFloat(random) * end) : 2 * (round - 24);
      flipByte(join(folder, "log.db-wal"), offset, 1 << Math.floor(nextFloat(random) * 8));
      const opened = open(folder);
      if (!opened.ok) {
        assert.equal(opened.error.code, "log-corrupt", `byte ${offset}`);
        refused += 1;
        continue;
      }
      assert.equal(opened.value.log.range()?.last, blocks.length, `byte ${offset}`);
      assert.equal(opened.value.log.ballot().term, 3, `byte ${offset}`);
      await opened.value.log.close();
    }
    assert.ok(refused >= 20, `${refused} of 40 refused`);
  },
);

test("damage before a later transaction is corruption also when the mark of what was synced is lost", async () => {
  const { folders } = await killedAfterGroups(4);
  const killed = folders.at(-1);
  const earlier = folders[1];
  assert.ok(killed !== undefined && earlier !== undefined);
  const folder = copyOf(killed);
  rmSync(join(folder, "log.synced"));
  flipByte(join(folder, "log.db-wal"), usedWalBytes(earlier) - 50, 0x10);
  const opened = open(folder);
  assert.ok(!opened.ok && opened.error.code === "log-corrupt");
  assert.equal(opened.error.why, "frame-damaged");
  assert.ok((opened.error.offset ?? 0) > 0);
});

test("a write-ahead log that is gone, or an old log.db in the place of the new one, is noticed", async () => {
  const { folders } = await killedAfterGroups(3);
  const killed = folders.at(-1);
  assert.ok(killed !== undefined);
  const withoutWal = copyOf(killed);
  rmSync(join(withoutWal, "log.db-wal"));
  const first = open(withoutWal);
  assert.ok(!first.ok && first.error.code === "log-corrupt" && first.error.why === "end-missing");
  const withoutLog = copyOf(killed);
  rmSync(join(withoutLog, "log.db-wal"));
  rmSync(join(withoutLog, "log.db"));
  const second = open(withoutLog);
  assert.ok(!second.ok && second.error.code === "log-corrupt");
});

/** A log of many blocks, all of it in log.db. */
async function closedLog(): Promise<{
  readonly folder: string;
  readonly blocks: readonly SealedBlock[];
}> {
  const folder = newFolder();
  const { log } = openedLog(folder);
  const small = blocksFrom(undefined, 150, { sizeBytes: 200 });
  const blocks = [...small, ...blocksFrom(small.at(-1), 50, { sizeBytes: 9000 })];
  await persisted(log, { ballot: { term: termOf(5) }, blocks });
  await log.close();
  return { folder, blocks };
}

test(
  `damage in log.db is found, never read as something else, and repaired (seed ${seed})`,
  patient,
  async () => {
    const random = seedRandom(seed);
    const { folder: whole, blocks } = await closedLog();
    const sizeBytes = statSync(join(whole, "log.db")).size;
    const outcomes = { refused: 0, repaired: 0, harmless: 0 };
    for (let round = 0; round < 20; round += 1) {
      const folder = copyOf(whole);
      const offset = Math.floor(nextFloat(random) * sizeBytes);
      flipByte(join(folder, "log.db"), offset, 1 + Math.floor(nextFloat(random) * 255));
      const opened = open(folder);
      if (!opened.ok) {
        outcomes.refused += 1;
        continue;
      }
      const { log } = opened.value;
      assert.deepEqual(log.range(), { first: 1, last: 200 }, `byte ${offset}`);
      const damaged = log.scrub(num(1), 200);
      for (const block of blocks) {
        const at = block.header.blockNum;
        const read = log.readBlock(at);
        assert.equal(
          read.kind,
          damaged.includes(at) ? "corrupt" : "found",
          `byte ${offset}, ${at}`,
        );
        if (read.kind === "found") assert.deepEqual(read.block.bytes, block.bytes);
        else await new Promise<void>((resolve) => log.repairBlock(block, resolve));
      }
      assert.deepEqual(log.scrub(num(1), 200), [], `byte ${offset}`);
      await persisted(log, { blocks: blocksFrom(blocks.at(-1), 1) });
      await log.close();
      const again = openedLog(folder).log;
      assert.deepEqual(again.scrub(num(1), 201), [], `byte ${offset}`);
      await again.close();
      outcomes[damaged.length === 0 ? "harmless" : "repaired"] += 1;
    }
    assert.ok(outcomes.repaired > 10, JSON.stringify(outcomes));
  },
);

test("a page of zeros in log.db is repaired, or the log is refused", patient, async () => {
  const { folder: whole, blocks } = await closedLog();
  const pages = statSync(join(whole, "log.db")).size / 4096;
  let repaired = 0;
  for (let page = 0; page < pages; page += 10) {
    const folder = copyOf(whole);
    const bytes = readFileSync(join(folder, "log.db"));
    bytes.fill(0, page * 4096, (page + 1) * 4096);
    writeFileSync(join(folder, "log.db"), bytes);
    const opened = open(folder);
    if (!opened.ok) continue;
    const { log } = opened.value;
    for (const damaged of log.scrub(num(1), 200)) {
      const block = blocks[damaged - 1];
      assert.ok(block !== undefined);
      await new Promise<void>((resolve) => log.repairBlock(block, resolve));
      repaired += 1;
    }
    assert.deepEqual(log.range(), { first: 1, last: 200 });
    assert.deepEqual(log.scrub(num(1), 200), [], `page ${page}`);
    await log.close();
  }
  assert.ok(repaired > 0);
});

test("a file that is no database is refused with SQLite's own code", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "log.db"), Buffer.alloc(8192, "no database "));
  const opened = open(folder);
  assert.ok(!opened.ok && opened.error.code === "log-unreadable");
  assert.equal(opened.error.sqliteCode, "SQLITE_NOTADB");
});
