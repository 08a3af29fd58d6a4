import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import { blockIdOfHeader } from "@kith/protocol/blocks";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import Database from "libsql";

import { blocksFrom, newFolder, openedLog, persisted } from "./fixtures.ts";
import { certifiedBlocksMax, certifiedBytesMax } from "./limits.ts";
import type { LogStore } from "./log-store.ts";

const num = blockNumOf;
const end = num(0xffff_ffff);

function certified(header: BlockHeader): CertifiedHeader {
  const { blockNum } = header;
  const id = blockIdOfHeader(header);
  const about = { epoch: num(1), term: termOf(1), num: blockNum, id };
  return { header, certificate: { kind: "committed", ...about, links: [], votes: [] } };
}

/** The block as one that changes the producers. */
function change({ header }: SealedBlock): CertifiedHeader {
  return certified({ ...header, newConsensus: { algorithm: "cft", producers: [] } });
}

/** What is found, from the newest down. */
function kept(log: LogStore): readonly number[] {
  const nums: number[] = [];
  let to = end;
  for (;;) {
    const found = log.certificate(num(1), to);
    if (found === undefined) return nums;
    nums.push(found.header.blockNum);
    to = num(found.header.blockNum - 1);
  }
}

async function appendAll(log: LogStore, blocks: readonly SealedBlock[]): Promise<void> {
  for (const block of blocks) {
    await persisted(log, { blocks: [block] });
    log.keepCertificate(certified(block.header));
  }
}

test("a certificate is found by the range that it is in, with its header", async () => {
  const { log } = openedLog(newFolder());
  const blocks = blocksFrom(undefined, 90);
  await persisted(log, { blocks });
  assert.equal(log.certificate(num(1), end), undefined);
  const given = [20, 60, 80].map((at) => change(blocks[at - 1] ?? assert.fail()));
  for (const each of given) log.keepCertificate(each);
  for (const state of ["before it is on disk", "on disk"]) {
    assert.deepEqual(log.certificate(num(1), end), given[2], state);
    assert.deepEqual(log.certificate(num(1), num(79)), given[1]);
    assert.deepEqual(log.certificate(num(60), num(60)), given[1]);
    assert.deepEqual(log.certificate(num(1), num(59)), given[0]);
    assert.equal(log.certificate(num(21), num(59)), undefined);
    assert.equal(log.certificate(num(1), num(19)), undefined);
    await persisted(log, { blocks: [] });
  }
  await log.close();
});

test("certificates are there after the log was closed and opened again", async () => {
  const folder = newFolder();
  const first = openedLog(folder).log;
  const blocks = blocksFrom(undefined, 3);
  await persisted(first, { blocks });
  const given = [certified(blocks[1]?.header ?? assert.fail()), change(blocks[2] ?? assert.fail())];
  for (const each of given) first.keepCertificate(each);
  await first.close();
  const { log, notes } = openedLog(folder);
  assert.deepEqual(notes, []);
  assert.deepEqual(kept(log), [3, 2]);
  assert.deepEqual(log.certificate(num(1), end), given[1]);
  assert.deepEqual(log.certifiedChanges(num(0), 9), [given[1]]);
  await log.close();
});

test("one for each block leaves the newest and one for each so many blocks", async () => {
  const { log } = openedLog(newFolder());
  await appendAll(log, blocksFrom(undefined, 200));
  const nums = kept(log);
  assert.equal(nums[0], 200);
  for (const [at, each] of nums.entries()) {
    const below = nums[at + 1] ?? 1;
    assert.ok(each - below <= certifiedBlocksMax, `${each} follows ${below}`);
  }
  assert.ok(nums.length <= 4 + 200 / (certifiedBlocksMax / 2), `${nums.length} are kept`);
  await log.close();
});

test("and one for each so many bytes", async () => {
  const { log } = openedLog(newFolder());
  const sizeBytes = 200_000;
  await appendAll(log, blocksFrom(undefined, 40, { sizeBytes }));
  const nums = kept(log);
  for (const [at, each] of nums.entries()) {
    const below = nums[at + 1] ?? 1;
    assert.ok((each - below) * sizeBytes <= certifiedBytesMax, `${each} follows ${below}`);
  }
  assert.ok(nums.length >= 8 && nums.length <= 18, `${nums.length} are kept`);
  await log.close();
});

test("when blocks leave the log, the certificates of changes and the newest one stay", async () => {
  const folder = newFolder();
  const { log } = openedLog(folder);
  const blocks = blocksFrom(undefined, 100);
  await persisted(log, { blocks });
  for (const at of [10, 30, 50, 70]) {
    const block = blocks[at - 1] ?? assert.fail();
    log.keepCertificate(at === 10 || at === 50 ? change(block) : certified(block.header));
  }
  log.dropBefore(num(60));
  assert.deepEqual(kept(log), [70, 50, 10]);
  log.dropBefore(num(90));
  assert.deepEqual(kept(log), [70, 50, 10]);
  await log.close();
  const again = openedLog(folder).log;
  assert.deepEqual(kept(again), [70, 50, 10]);
  assert.deepEqual(
    again.certifiedChanges(num(0), 9).map(({ header }) => header.blockNum),
    [10, 50],
  );
  await again.close();
});

test("a log that starts again behind a snapshot keeps the certificates of changes", async () => {
  const { log } = openedLog(newFolder());
  const blocks = blocksFrom(undefined, 100);
  await persisted(log, { blocks: blocks.slice(0, 60) });
  for (const at of [20, 40, 50]) {
    const block = blocks[at - 1] ?? assert.fail();
    log.keepCertificate(at === 20 ? change(block) : certified(block.header));
  }
  log.keepCertificate(certified(blocks[99]?.header ?? assert.fail()));
  await new Promise<void>((resolve) => log.restartAt(blocks[99] ?? assert.fail(), resolve));
  assert.deepEqual(kept(log), [100, 20]);
  await log.close();
});

test("changes come oldest first, so many at a time, also such as were learned late", async () => {
  const { log } = openedLog(newFolder());
  const blocks = blocksFrom(undefined, 50);
  for (const at of [40, 10, 30, 20]) log.keepCertificate(change(blocks[at - 1] ?? assert.fail()));
  const changes = (after: number, countMax: number): readonly number[] =>
    log.certifiedChanges(num(after), countMax).map(({ header }) => header.blockNum);
  assert.deepEqual(changes(0, 9), [10, 20, 30, 40]);
  assert.deepEqual(changes(10, 2), [20, 30]);
  assert.deepEqual(changes(39, 2), [40]);
  assert.deepEqual(changes(40, 2), []);
  await log.close();
});

test("the same block may be certified again", async () => {
  const { log } = openedLog(newFolder());
  const [block] = blocksFrom(undefined, 1);
  assert.ok(block !== undefined);
  const first = certified(block.header);
  const second = { ...first, certificate: { ...first.certificate, term: termOf(2) } };
  log.keepCertificate(first);
  log.keepCertificate(second);
  assert.deepEqual(log.certificate(num(1), end), second);
  await persisted(log, { blocks: [] });
  assert.deepEqual(log.certificate(num(1), end), second);
  log.keepCertificate(first);
  await log.close();
});

test("a damaged certificate is none, and nothing behind a damaged change is told", async () => {
  for (const column of ["header", "certificate", "checksum", "is_change"]) {
    const folder = newFolder();
    const first = openedLog(folder).log;
    const blocks = blocksFrom(undefined, 30);
    await persisted(first, { blocks });
    for (const at of [10, 20, 30]) first.keepCertificate(change(blocks[at - 1] ?? assert.fail()));
    await first.close();
    const database = new Database(join(folder, "log.db"));
    const value = column === "is_change" ? "0" : `zeroblob(length(${column}))`;
    database.exec(`UPDATE certificates SET ${column} = ${value} WHERE num = 20`);
    database.close();
    const { log } = openedLog(folder);
    assert.deepEqual(kept(log), [30, 10], column);
    const changes = log.certifiedChanges(num(0), 9).map(({ header }) => header.blockNum);
    assert.deepEqual(changes, column === "is_change" ? [10, 30] : [10], column);
    await log.close();
  }
});
