import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

import { newFolder } from "./fixtures.ts";
import { lockFolder } from "./folder-lock.ts";

const script = `
  const { lockFolder } = await import(${JSON.stringify(join(import.meta.dirname, "folder-lock.ts"))});
  const lock = lockFolder(process.argv.at(-1));
  console.log(JSON.stringify(lock.ok ? "locked" : lock.error));
  if (lock.ok) setInterval(() => {}, 1000);
`;

test("a second node, in this process or another, is kept out of the folder", () => {
  const folder = newFolder();
  const first = lockFolder(folder);
  assert.ok(first.ok);
  const second = lockFolder(folder);
  assert.deepEqual(second, {
    ok: false,
    error: { code: "folder-in-use", folder, pid: process.pid },
  });
  const other = spawnSync(process.execPath, ["-e", script, folder], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(other.stdout), { code: "folder-in-use", folder, pid: process.pid });
  first.value.release();
  const third = lockFolder(folder);
  assert.ok(third.ok);
  third.value.release();
});

test("the lock of a node that was killed is free", async () => {
  const folder = newFolder();
  const other = spawn(process.execPath, ["-e", script, folder]);
  const [printed] = await once(other.stdout, "data");
  assert.equal(String(printed).trim(), '"locked"');
  assert.equal(lockFolder(folder).ok, false);
  other.kill("SIGKILL");
  await once(other, "close");
  const lock = lockFolder(folder);
  assert.ok(lock.ok);
  lock.value.release();
});

test("a folder that cannot be made is an error with the system's words", () => {
  const lock = lockFolder("/dev/null/kith");
  assert.ok(!lock.ok);
  assert.equal(lock.error.code, "folder-unusable");
});
