import assert from "node:assert/strict";
import { test } from "node:test";

import { testSnapshot } from "@kith/chain/test-snapshot";
import { decodeBlock, sealBlock } from "@kith/protocol/blocks";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { decodeSnapshotProof, encodeManifest } from "@kith/protocol/snapshot-manifest";
import type { CompleteSnapshot, SnapshotRows } from "@kith/replica/ports";
import type { Ends } from "@kith/snapshots/process-messages";

import { MakingRows } from "./making-rows.ts";

const { manifest, chain } = testSnapshot({ rows: 6 });
const { block, proof, stateRoot, eventRoot } = manifest;
assert.ok(proof !== undefined);
const num = block.header.blockNum;
const applied = { num, id: block.id, time: block.header.time, stateRoot, eventRoot };
const genesis = sealBlock(chain.header(1), []);

/** A process that says what the test says, beside a snapshot that was made before. */
function openMaking(wantedNum: number | undefined = num) {
  const file: CompleteSnapshot = {
    manifest,
    packed: encodeManifest(manifest),
    chunk: () => undefined,
  };
  const seen = { pins: 0, told: 0, opened: 0, kills: 0, said: [] as string[] };
  const sent: Ends[] = [];
  const given: SnapshotRows[] = [];
  const made = new MakingRows({
    num: wantedNum,
    genesis,
    say: (text) => seen.said.push(text),
    onPinned: () => (seen.pins += 1),
    open: () => {
      seen.opened += 1;
      return file;
    },
    done: (rows) => {
      seen.told += 1;
      if (rows !== undefined) given.push(rows);
    },
  });
  const child = {
    pid: 1,
    send: (ends: Ends) => void sent.push(ends),
    kill: () => void (seen.kills += 1),
  };
  const say = (message: Parameters<typeof made.receive>[1]): void => made.receive(child, message);
  /** Has the rows completed; what comes of it, later. */
  const finish = (): (CompleteSnapshot | undefined)[] => {
    const finished: (CompleteSnapshot | undefined)[] = [];
    given[0]?.finish({ block, proof: proof ?? assert.fail() }, (one) => finished.push(one));
    return finished;
  };
  return { made, say, seen, sent, given, file, finish };
}

test("rows that were read become the file that was opened when the process had finished it", () => {
  const { made, say, seen, sent, file, finish } = openMaking();
  say({ kind: "pinned", num });
  say({ kind: "rows", applied });
  const finished = finish();
  assert.deepEqual([seen.told, seen.opened, finished], [1, 0, []]);
  const [ends] = sent;
  assert.ok(ends !== undefined);
  assert.deepEqual(decodeBlock(bytesOfTrustedHex(ends.block)), { ok: true, value: block });
  assert.deepEqual(decodeBlock(bytesOfTrustedHex(ends.genesis)), { ok: true, value: genesis });
  const sentProof = decodeSnapshotProof(bytesOfTrustedHex(ends.proof));
  assert.deepEqual(sentProof, { ok: true, value: proof });
  say({ kind: "finished" });
  made.end();
  assert.deepEqual(finished, [file]);
  assert.equal(seen.opened, 1);
});

test("whoever waits for a file whose process has died gets none, and not the one that was made before", () => {
  const { made, say, seen, finish } = openMaking();
  say({ kind: "rows", applied });
  const finished = finish();
  made.end();
  assert.deepEqual([finished, seen.opened], [[undefined], 0]);
});

test("a process that dies before it has read anything gives no rows, and the state is let go", () => {
  const { made, say, seen, given } = openMaking();
  say({ kind: "fault", fault: { code: "snapshot-process-failed", message: "no space" } });
  made.end();
  assert.deepEqual([seen.told, given, seen.pins], [1, [], 1]);
  assert.deepEqual(seen.said, ["no snapshot was made: snapshot-process-failed"]);
});

test("rows of another block than was wanted are thrown away", () => {
  const { made, say, seen, given } = openMaking(num + 1);
  say({ kind: "rows", applied });
  assert.deepEqual([seen.kills, seen.told, given], [1, 1, []]);
  made.end();
  assert.equal(seen.told, 1);
});

test("rows that nobody wants any more end their process", () => {
  const { say, seen, given } = openMaking();
  say({ kind: "rows", applied });
  given[0]?.abandon();
  assert.equal(seen.kills, 1);
});
