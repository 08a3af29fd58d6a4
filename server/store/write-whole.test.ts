import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { writeWhole } from "./write-whole.ts";

const root = mkdtempSync(join(tmpdir(), "kith-write-whole-"));
after(() => rmSync(root, { recursive: true, force: true }));

const rightsOf = (path: string): number => statSync(path).mode & 0o777;

test("a file is written whole, over what was there, and leaves no draft", () => {
  const folder = join(root, "made", "on the way");
  const path = join(folder, "file");
  writeWhole(path, "first, and longer");
  writeWhole(path, Uint8Array.of(1, 2, 3));
  assert.deepEqual([...readFileSync(path)], [1, 2, 3]);
  assert.equal(rightsOf(path), 0o644);
  writeWhole(path, "ä".repeat(500_000));
  assert.equal(statSync(path).size, 1_000_000);
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("only whoever may read it can read it, also while it is written over another", () => {
  const path = join(root, "secret");
  writeWhole(path, "for everybody");
  writeWhole(path, "for one", 0o600);
  assert.equal(rightsOf(path), 0o600);
});

test("where the file cannot be put in its place, what was there stays", () => {
  const path = join(root, "taken");
  mkdirSync(join(path, "by a folder"), { recursive: true });
  assert.throws(() => writeWhole(path, "content"));
  assert.deepEqual(readdirSync(path), ["by a folder"]);
});
