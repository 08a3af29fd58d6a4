import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { openFileSync } from "./file-sync.ts";
import type { FileSync } from "./file-sync.ts";
import { blocksFrom, newFolder, openedLog, persisted } from "./fixtures.ts";
import { StoreBroken, storeBrokenOf } from "./store-broken.ts";

function failingSync(error: Error): { readonly open: (path: string) => FileSync; fail: boolean } {
  const disk = {
    fail: false,
    open: (path: string): FileSync => {
      const real = openFileSync(path);
      return {
        sync: (done) => (disk.fail ? queueMicrotask(() => done(error)) : real.sync(done)),
        close: () => real.close(),
      };
    },
  };
  return disk;
}

test("pitfall 34: after a failed fsync nothing is ever done, and it is reported once and not tried again", async () => {
  const disk = failingSync(Object.assign(new Error("i/o error"), { code: "EIO" }));
  const reports: StoreBroken[] = [];
  const { log } = openedLog(newFolder(), {
    openSync: disk.open,
    onBroken: (broken) => reports.push(broken),
  });
  const blocks = blocksFrom(undefined, 6);
  await persisted(log, { blocks: blocks.slice(0, 2) });
  disk.fail = true;
  const done: number[] = [];
  log.persist({ blocks: blocks.slice(2, 3) }, () => done.push(3));
  log.persist({ blocks: blocks.slice(3, 4) }, () => done.push(4));
  await new Promise((resolve) => setTimeout(resolve, 30));
  disk.fail = false;
  log.persist({ blocks: blocks.slice(4, 5) }, () => done.push(5));
  log.repairBlock(blocks[0] ?? assert.fail(), () => done.push(1));
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(done, []);
  assert.deepEqual(
    reports.map(({ code, systemCode }) => [code, systemCode]),
    [["write-failed", "EIO"]],
  );
  assert.equal(log.readBlock(blockNumOf(1)).kind, "found");
  await log.close();
});

test(
  "a file that cannot be written any more stops the log and the state with a clear reason",
  { timeout: 60_000 },
  () => {
    // The limit on the size of files stands for a disk that is full: the system refuses to let a file grow.
    for (const [what, sizeKib] of [
      ["log", 22_528],
      ["state", 1_024],
    ] as const) {
      const command = `trap '' XFSZ; ulimit -f ${sizeKib}; exec "$0" "$1" ${what} "$2"`;
      const child = join(import.meta.dirname, "crash-child.ts");
      const args = ["-c", command, process.execPath, child, newFolder()];
      const ended = spawnSync("bash", args, { encoding: "utf8", timeout: 20_000 });
      assert.notEqual(ended.status, 0);
      assert.match(ended.stderr, new RegExp(`${what}\\.db: (writing failed|the disk is full)`));
    }
  },
);

function codeOf(systemCode: string): string {
  return storeBrokenOf("log.db", Object.assign(new Error("x"), { code: systemCode })).code;
}

test("what the disk says is told apart", () => {
  assert.equal(codeOf("SQLITE_FULL"), "disk-full");
  assert.equal(codeOf("ENOSPC"), "disk-full");
  assert.equal(codeOf("SQLITE_CORRUPT"), "file-corrupt");
  assert.equal(codeOf("SQLITE_IOERR_WRITE"), "write-failed");
  assert.equal(codeOf("EIO"), "write-failed");
  assert.match(new StoreBroken("log.db", "ENOSPC", "no space").message, /make room/);
});
