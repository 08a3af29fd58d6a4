import assert from "node:assert/strict";
import { realpathSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { testSnapshot } from "@kith/chain/test-snapshot";
import { sealBlock } from "@kith/protocol/blocks";
import { incomingFolder } from "@kith/snapshots/folders";
import { openFilesBelow } from "@kith/snapshots/open-files";
import { openState } from "@kith/store/state";

import { NodeSnapshots } from "./node-snapshots.ts";
import { newFolder } from "./test-folder.ts";

const one = testSnapshot({ rows: 6 });
const [chunk] = one.chunks;
const later = testSnapshot({ rows: 6, at: 7 });

function openNode() {
  const folder = realpathSync(newFolder());
  const state = openState({ folder: newFolder(), onBroken: assert.fail });
  assert.ok(state.ok);
  const said: string[] = [];
  const open = (): NodeSnapshots =>
    new NodeSnapshots({
      folder,
      genesis: sealBlock(one.chain.header(1), []),
      script: "never started",
      state: state.value,
      beforeAdopt: assert.fail,
      onAdopted: assert.fail,
      say: (text) => said.push(text),
    });
  /** How many files it has open; as expected, where the system does not tell. */
  const openFiles = (expected: number): number =>
    openFilesBelow(incomingFolder(folder))?.length ?? expected;
  return { folder, said, open, openFiles, close: () => state.value.close() };
}

test("of what arrives one snapshot is open at a time, and none when the node has stopped", async () => {
  const { open, openFiles, close } = openNode();
  const snapshots = open();
  const first = snapshots.receive(one.manifest);
  assert.ok(first !== undefined && chunk !== undefined);
  assert.ok(first.write(0, chunk));
  assert.equal(openFiles(2), 2);
  const again = snapshots.receive(one.manifest);
  assert.equal(openFiles(2), 2);
  assert.deepEqual([first.read(0), again?.read(0)], [undefined, chunk]);
  const second = snapshots.receive(later.manifest);
  assert.equal(openFiles(2), 2);
  assert.equal(second?.read(0), undefined);
  snapshots.close();
  assert.equal(openFiles(0), 0);
  assert.equal(snapshots.receive(one.manifest), undefined);
  assert.equal(openFiles(0), 0);
  await close();
});

test("what is left, because nobody has the rest, is closed, and there after a restart", async () => {
  const { open, openFiles, close } = openNode();
  const snapshots = open();
  const incoming = snapshots.receive(one.manifest);
  assert.ok(incoming !== undefined && chunk !== undefined);
  assert.ok(incoming.write(0, chunk));
  incoming.leave();
  assert.equal(openFiles(0), 0);
  snapshots.close();
  const restarted = open();
  assert.deepEqual(restarted.incoming()?.read(0), chunk);
  assert.equal(openFiles(2), 2);
  restarted.close();
  assert.equal(openFiles(0), 0);
  await close();
});

test("what is thrown away is closed, and gone", async () => {
  const { open, openFiles, close } = openNode();
  const snapshots = open();
  snapshots.receive(one.manifest)?.discard();
  assert.equal(openFiles(0), 0);
  assert.equal(snapshots.incoming(), undefined);
  snapshots.close();
  await close();
});

test("where nothing can be written, no snapshot is received, and it is said why", async () => {
  const { folder, said, open, openFiles, close } = openNode();
  const snapshots = open();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file in the folder's place");
  assert.equal(snapshots.receive(one.manifest), undefined);
  assert.match(said.join(), /^a snapshot cannot be taken: /);
  assert.equal(openFiles(0), 0);
  snapshots.close();
  await close();
});
