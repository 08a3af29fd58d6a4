import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { openChain } from "@kith/chain/chain";
import { checkChunk } from "@kith/chain/check-chunk";
import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import { blockBytesMax } from "@kith/protocol/limits";
import { nextBelow, seedRandom } from "@kith/protocol/random";
import type { Action } from "@kith/protocol/transaction";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine } from "@kith/sandbox/machine";
import { packAction } from "@kith/sdk/transaction";
import { makeRows } from "@kith/snapshots/make-snapshot";
import { openSnapshotFile, type SnapshotFile } from "@kith/snapshots/snapshot-file";
import { stageSnapshot } from "@kith/snapshots/stage-snapshot";
import { openState, type OpenedState } from "@kith/store/state";
import { openStateReader } from "@kith/store/state-reader";

import { owner, ownerKey, prepared, systemModules, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "kith-snapshot-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const services = [notes.module, notesPeer.module];
const machine = openMachine(inProcessMachine([...systemModules, ...services]));

function opened(name: string): OpenedState {
  const state = openState({ folder: join(folder, name), onBroken: assert.fail });
  assert.ok(state.ok);
  return state.value;
}

function add(number: number): Action {
  const text = `note ${number} `.repeat(number % 300);
  return packAction(owner, notes, "add", { number, topic: `t${number % 7}`, text });
}

const state = opened("source");
const network = new TestNetwork({ services, state });
let newest = network.genesis;
// Two chunks: enough for everything, and little enough to be read hundreds of times.
for (let number = 0; number < 5; number++)
  next(Array.from({ length: 120 }, (_, at) => add(120 * number + at)));
await state.flush();

/** A block with these actions, executed. */
function next(actions: readonly Action[]): SealedBlock {
  const before = network.chain.applied();
  assert.ok(before !== undefined);
  const draft = network.draft(before);
  network.time++;
  newest = sealBlock(draft, [network.transaction(actions, ownerKey).bytes]);
  network.apply(newest);
  return newest;
}

/** Without a proof: nobody has signed these blocks. */
function write(name: string): string {
  const reader = openStateReader(join(folder, "source"));
  const rows = makeRows({ reader, folder, name });
  reader.close();
  assert.ok(rows.ok);
  rows.value.finish({ block: newest, genesis: network.genesis });
  return join(folder, name);
}

function read(path: string): SnapshotFile {
  const snapshot = openSnapshotFile(path);
  assert.ok(snapshot.ok, JSON.stringify(snapshot));
  return snapshot.value;
}

/** The code of the first fault; undefined for a snapshot without any. */
function faultOf(path: string): string | undefined {
  const snapshot = openSnapshotFile(path);
  if (!snapshot.ok) return snapshot.error.code;
  const { manifest } = snapshot.value;
  try {
    for (let at = 0; at < manifest.chunks.count; at++) {
      const fault = checkChunk(manifest, at, snapshot.value.chunk(at));
      if (fault !== undefined) return fault.code;
    }
    return undefined;
  } finally {
    snapshot.value.close();
  }
}

const path = write("whole");

test("a file holds the chunks that the same state gives in memory", () => {
  const snapshot = read(path);
  const exported = network.chain.exportSnapshot();
  assert.ok(exported !== undefined && exported.chunks.length > 1);
  assert.deepEqual([...snapshot.chunks()], exported.chunks);
  assert.equal(snapshot.genesis.id, network.genesis.id);
  assert.equal(snapshot.manifest.stateRoot, exported.applied.stateRoot);
  assert.equal(snapshot.manifest.block.id, newest.id);
  assert.equal(faultOf(path), undefined);
  snapshot.close();
});

test("the state that is made of a file goes on as the one that it was made from", async () => {
  const snapshot = read(path);
  const { manifest } = snapshot;
  const options = { folder: join(folder, "staged"), machine, manifest };
  const staged = stageSnapshot({ ...options, chunks: snapshot.chunks() });
  snapshot.close();
  assert.deepEqual(staged, { ok: true, value: network.chain.applied() });
  const copy = opened("staged");
  const chain = openChain({ state: copy, machine });
  assert.deepEqual(chain.applied(), network.chain.applied());
  assert.equal(chain.snapshotBlock()?.id, newest.id);
  assert.deepEqual(chain.consensusPoint(), network.chain.consensusPoint());
  const again = newest.transactions[0];
  assert.ok(again !== undefined);
  const block = next([add(3), add(90_000)]);
  const transactions = block.transactions.map((bytes) => prepared(bytes));
  const result = chain.applyBlock(block, transactions, [true]);
  assert.deepEqual(result.applied, network.chain.applied());
  assert.equal(result.receipts[0]?.failure, undefined);
  const repeated = chain.checkAdmission(prepared(again), network.time * 1_000_000);
  assert.deepEqual(repeated, { ok: false, error: { code: "already-executed" } });
  const { id } = prepared(again);
  assert.deepEqual([chain.receipt(id), chain.isExecuted(id)], [undefined, true]);
  await copy.close();
});

test("chunks that are missing, or not in their order, make no state", () => {
  const snapshot = read(path);
  const { manifest } = snapshot;
  const chunks = [...snapshot.chunks()];
  snapshot.close();
  const stage = (given: readonly Uint8Array[]) =>
    stageSnapshot({ folder: join(folder, "wrong"), machine, manifest, chunks: given });
  const [first, second] = chunks;
  assert.ok(first !== undefined && second !== undefined);
  const missing = stage(chunks.slice(0, -1));
  const chunksThere = chunks.length - 1;
  assert.deepEqual(missing, {
    ok: false,
    error: { code: "snapshot-ends-early", chunks: chunksThere },
  });
  const fault = { code: "chunk-not-next" };
  assert.deepEqual(stage([second, first]), {
    ok: false,
    error: { code: "snapshot-chunk-wrong", chunk: 0, fault },
  });
  assert.ok(!stage([first, first]).ok);
});

test(`a file with a changed byte anywhere is refused (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const whole = readFileSync(path);
  const changed = join(folder, "changed");
  const ends = Array.from({ length: 160 }, (_, at) => (at < 80 ? at : whole.length - 160 + at));
  const anywhere = Array.from({ length: 120 }, () => nextBelow(random, whole.length));
  for (const at of [...ends, ...anywhere]) {
    const bytes = new Uint8Array(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << nextBelow(random, 8));
    writeFileSync(changed, bytes);
    assert.ok(faultOf(changed) !== undefined, `byte ${at} of ${whole.length}`);
  }
});

test(`a file that was cut short, or that goes on, is refused (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const whole = readFileSync(path);
  const cut = join(folder, "cut");
  const lengths = [
    0,
    1,
    8,
    11,
    12,
    60,
    100,
    whole.length - 1,
    ...Array.from({ length: 40 }, () => nextBelow(random, whole.length)),
  ];
  for (const length of lengths) {
    writeFileSync(cut, whole.subarray(0, length));
    const code = length === 0 ? "snapshot-file-foreign" : "snapshot-file-truncated";
    assert.equal(faultOf(cut), code, `${length} of ${whole.length} bytes`);
  }
  const middle = nextBelow(random, whole.length - 300);
  writeFileSync(cut, Buffer.concat([whole.subarray(0, middle), whole.subarray(middle + 7)]));
  // Where something is gone from the head of the file, its checksum tells first.
  assert.match(faultOf(cut) ?? "", /^snapshot-file-(truncated|damaged|foreign)$/);
  writeFileSync(cut, Buffer.concat([whole, whole]));
  assert.equal(faultOf(cut), "snapshot-file-truncated");
});

test("what is no snapshot, and what a later release wrote, are told from damage", () => {
  const other = join(folder, "other");
  assert.equal(faultOf(other), "snapshot-file-unreadable");
  writeFileSync(other, "a letter to a friend");
  assert.equal(faultOf(other), "snapshot-file-foreign");
  const whole = new Uint8Array(readFileSync(path));
  whole[11] = 2;
  writeFileSync(other, whole);
  assert.equal(faultOf(other), "snapshot-file-too-new");
  const sizes = new Uint8Array(readFileSync(path));
  new DataView(sizes.buffer).setUint32(sizes.length - 48, blockBytesMax + 1);
  writeFileSync(other, sizes);
  assert.equal(faultOf(other), "snapshot-file-damaged");
});

test("a state whose rows are not those of its root is told, and nothing is handed out", async () => {
  const damaged = opened("damaged");
  const small = new TestNetwork({ services, state: damaged });
  small.run([add(1)]);
  const applied = damaged.applied();
  const notesSpace = { service: notes.module.definition.name, space: 0 };
  const [first] = damaged.rangeRows({ ...notesSpace, reverse: false, limit: 1 });
  assert.ok(first !== undefined && applied !== undefined);
  const forged = first.row.map((byte, at) => (at === first.row.length - 1 ? byte ^ 1 : byte));
  damaged.begin();
  damaged.putRow({ ...notesSpace, key: first.key }, forged);
  damaged.commit(applied);
  await damaged.flush();
  await damaged.close();
  const place = join(folder, "damaged");
  const reader = openStateReader(place);
  const rows = makeRows({ reader, folder, name: "from-damaged" });
  reader.close();
  assert.ok(!rows.ok && rows.error.code === "state-damaged");
  assert.equal(rows.error.num, 2);
});
