import assert from "node:assert/strict";
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { describeDoubt, MemoryMark, type Doubt } from "./memory-mark.ts";
import { newFolder } from "./test-folder.ts";

function newData(): { readonly outer: string; readonly folder: string } {
  const outer = newFolder();
  const folder = join(outer, "node");
  mkdirSync(folder);
  writeFileSync(join(folder, "log.db"), "blocks");
  return { outer, folder };
}

function doubtIn(folder: string, parts: Partial<ConstructorParameters<typeof MemoryMark>[0]> = {}) {
  return new MemoryMark({ folder, hadKey: true, isLogEmpty: false, isTrusted: false, ...parts });
}

test("a node that starts where it stopped knows all that it said", () => {
  const { folder } = newData();
  assert.equal(doubtIn(folder).doubt, undefined);
  writeFileSync(join(folder, "log.db"), "more blocks");
  assert.equal(doubtIn(folder).doubt, undefined);
});

test("a folder that is moved is the same; one that is copied may be an old one, until it is made sure", () => {
  const { outer, folder } = newData();
  doubtIn(folder);
  const moved = join(outer, "moved");
  renameSync(folder, moved);
  assert.equal(doubtIn(moved).doubt, undefined);
  const copy = join(outer, "copy");
  cpSync(moved, copy, { recursive: true, preserveTimestamps: true });
  rmSync(moved, { recursive: true });
  assert.equal(doubtIn(copy).doubt, "log-copied");
  assert.equal(doubtIn(copy).doubt, "log-copied", "also at the next start");
  doubtIn(copy).note(true);
  assert.equal(doubtIn(copy).doubt, undefined);
});

test("a log that is put back alone, or that is gone, is noticed", () => {
  const { outer, folder } = newData();
  doubtIn(folder);
  const log = join(folder, "log.db");
  cpSync(log, join(outer, "backup"));
  rmSync(log);
  cpSync(join(outer, "backup"), log);
  assert.equal(doubtIn(folder).doubt, "log-copied");
  doubtIn(folder).note(true);
  rmSync(log);
  writeFileSync(log, "");
  assert.equal(doubtIn(folder, { isLogEmpty: true }).doubt, "log-lost");
});

test("where only the key is older than this start, others have to say whether the network has begun", () => {
  assert.equal(doubtIn(newData().folder, { isLogEmpty: true }).doubt, "log-new");
  const isNew = { isLogEmpty: true, hadKey: false };
  assert.equal(doubtIn(newData().folder, isNew).doubt, undefined);
});

test("what is found out while the node runs is there at the next start", () => {
  const { folder } = newData();
  doubtIn(folder).note(false);
  assert.equal(doubtIn(folder).doubt, "words-unknown");
});

test("the operator's word takes a doubt away for good", () => {
  const { folder } = newData();
  doubtIn(folder).note(false);
  assert.equal(doubtIn(folder, { isTrusted: true }).doubt, undefined);
  assert.equal(doubtIn(folder).doubt, undefined);
});

test("a mark that is damaged is none that can be believed", () => {
  const { folder } = newData();
  doubtIn(folder);
  for (const text of ["", "17-17", "17-17 certain", "\0\0"]) {
    writeFileSync(join(folder, "memory"), text);
    assert.equal(doubtIn(folder).doubt, "log-copied", JSON.stringify(text));
    doubtIn(folder).note(true);
  }
});

test("each doubt is told in words", () => {
  const doubts: readonly Doubt[] = ["log-new", "log-copied", "log-lost", "words-unknown"];
  const texts = new Set(doubts.map(describeDoubt));
  assert.equal(texts.size, doubts.length);
});
