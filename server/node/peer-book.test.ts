import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { testNode } from "@kith/replica/test-support";

import { dataFiles } from "./data-folder.ts";
import { openPeerBook } from "./peer-book.ts";
import { newFolder } from "./test-folder.ts";

const anna = { node: testNode(1), url: "ws://anna:8080/p2p" };
const ben = { node: testNode(2), url: "ws://ben:8080/p2p" };

test("a new folder has an empty book, and nothing is written before there is something to write", () => {
  const folder = newFolder();
  assert.deepEqual(openPeerBook(folder).remembered, []);
  assert.throws(() => statSync(join(folder, dataFiles.peers)));
});

test("what was remembered is there at the next start, and only the last of it", () => {
  const folder = newFolder();
  const book = openPeerBook(folder);
  book.remember([anna]);
  book.remember([anna, ben]);
  assert.deepEqual(openPeerBook(folder).remembered, [anna, ben]);
  book.remember([]);
  assert.deepEqual(openPeerBook(folder).remembered, []);
});

test("the same addresses are not written again", () => {
  const folder = newFolder();
  const path = join(folder, dataFiles.peers);
  const book = openPeerBook(folder);
  book.remember([anna]);
  writeFileSync(path, "somebody else's");
  book.remember([anna]);
  assert.equal(readFileSync(path, "utf8"), "somebody else's");
});

test("a book that cannot be read is an empty one", () => {
  for (const text of ["", "{", "null", '{"node":"x"}', "\u0000"]) {
    const folder = newFolder();
    writeFileSync(join(folder, dataFiles.peers), text);
    assert.deepEqual(openPeerBook(folder).remembered, []);
  }
});

test("entries that are no addresses are left out, the others stay", () => {
  const folder = newFolder();
  const entries = [null, 7, {}, { node: "short", url: "ws://a" }, { node: anna.node }, anna];
  writeFileSync(join(folder, dataFiles.peers), JSON.stringify(entries));
  assert.deepEqual(openPeerBook(folder).remembered, [anna]);
});
