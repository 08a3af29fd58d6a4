import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "./block.ts";
import { sealBlock } from "./blocks.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { ChunkList, type ListedChunk } from "./chunk-list.ts";
import { sha256Hex } from "./hashes.ts";
import { followGenesis } from "./light-client.ts";
import { snapshotChunkBytesMax, snapshotChunksMax } from "./limits.ts";
import {
  decodeManifest,
  encodeManifest,
  type SnapshotManifest,
  type SnapshotProof,
} from "./snapshot-manifest.ts";
import { verifySnapshotProof } from "./snapshot-proof.ts";
import { TestChain, testConsensus, testProducer, type TestProducer } from "./test-chain.ts";

const old = [0, 1, 2].map(testProducer);
const young = [3, 4, 5, 6].map(testProducer);
const chunks = ChunkList.of([{ from: new Uint8Array(32), headBytes: 35, rowsBytes: 0 }]);

/** Blocks 1 to 12; block 4 brings other producers, who decide from block 6 on. */
function chainWithChange(): TestChain {
  const chain = new TestChain(testConsensus("cft", old));
  for (let num = 2; num <= 12; num++) {
    if (num === 4) chain.append({ newConsensus: testConsensus("bft", young), commitNum: 2 });
    else if (num === 5) chain.append({ commitNum: 3 });
    else if (num === 6) chain.append({ commitNum: 4, term: 1 });
    else chain.append();
  }
  return chain;
}

function blockOf(chain: TestChain, num: number): SealedBlock {
  const block = sealBlock(chain.header(num), []);
  assert.equal(block.id, chain.placeAt(num).id);
  return block;
}

type Wanted = {
  readonly at: number;
  readonly newest: number;
  readonly voters?: readonly TestProducer[];
};

/** The state after block `at`, as header `at + 2` tells it, with a certificate for `newest`. */
function manifestOf(chain: TestChain, { at, newest, voters = young }: Wanted): SnapshotManifest {
  const carrier = {
    header: chain.header(4),
    certificate: chain.certificate({ num: 4, voters: [...old, ...young] }),
  };
  const proof: SnapshotProof = {
    changes: newest > 4 ? [carrier] : [],
    newest: {
      header: chain.header(newest),
      certificate: chain.certificate({ num: newest, voters }),
    },
    between: chain.headers.slice(at, newest - 1).toReversed(),
  };
  const { stateRoot, eventRoot } = chain.header(at + 2);
  return { chain: chain.id, block: blockOf(chain, at), stateRoot, eventRoot, chunks, proof };
}

function genesisOf(chain: TestChain): Checkpoint {
  const followed = followGenesis(chain.id, chain.header(1));
  assert.ok(followed.ok);
  return followed.value.checkpoint;
}

function codeOf(manifest: SnapshotManifest, trusted: Checkpoint): string {
  const verified = verifySnapshotProof(manifest, trusted);
  return verified.ok ? "proved" : verified.error.code;
}

const chain = chainWithChange();
const genesis = genesisOf(chain);

test("a quorum's signature behind every change of producers proves what a snapshot is of", () => {
  for (const newest of [9, 10, 12]) {
    assert.equal(codeOf(manifestOf(chain, { at: 7, newest }), genesis), "proved");
  }
  const early = manifestOf(chain, { at: 2, newest: 4, voters: [...old, ...young] });
  assert.equal(codeOf(early, genesis), "proved");
});

test("who has followed the network for longer needs no more than what came since", () => {
  const { id, num } = chain.placeAt(6);
  const checkpoint = { chain: chain.id, block: { id, num }, point: chain.point(6) };
  const manifest = manifestOf(chain, { at: 8, newest: 11 });
  assert.equal(codeOf(manifest, checkpoint), "proved");
  assert.ok(manifest.proof !== undefined);
  const proof = { ...manifest.proof, changes: [] };
  assert.equal(codeOf({ ...manifest, proof }, checkpoint), "proved");
  assert.equal(codeOf({ ...manifest, proof }, genesis), "light-change-missing");
  assert.equal(codeOf(manifestOf(chain, { at: 5, newest: 8 }), checkpoint), "snapshot-not-newer");
  assert.equal(codeOf(manifestOf(chain, { at: 6, newest: 8 }), checkpoint), "snapshot-not-newer");
});

test("the block that brings new producers may be the newest that is certified", () => {
  const manifest = manifestOf(chain, { at: 2, newest: 4, voters: [...old, ...young] });
  assert.ok(manifest.proof !== undefined);
  const proof = { ...manifest.proof, changes: [manifest.proof.newest] };
  assert.equal(codeOf({ ...manifest, proof }, genesis), "proved");
});

test("every part of the proof counts", () => {
  const manifest = manifestOf(chain, { at: 7, newest: 10 });
  const { proof } = manifest;
  assert.ok(proof !== undefined);
  const wrong = sha256Hex(new Uint8Array());
  const { proof: _, ...unsigned } = manifest;
  const cases: readonly (readonly [SnapshotManifest, string])[] = [
    [unsigned, "snapshot-unsigned"],
    [{ ...manifest, stateRoot: wrong }, "snapshot-root-not-proved"],
    [{ ...manifest, eventRoot: wrong }, "snapshot-root-not-proved"],
    [{ ...manifest, block: blockOf(chain, 8) }, "light-ancestor-wrong"],
    [{ ...manifest, proof: { ...proof, between: proof.between.slice(1) } }, "light-ancestor-wrong"],
    [
      { ...manifest, proof: { ...proof, between: proof.between.toReversed() } },
      "light-ancestor-wrong",
    ],
    [{ ...manifest, proof: { ...proof, changes: [] } }, "light-change-missing"],
    [
      manifestOf(chain, { at: 7, newest: 10, voters: young.slice(1, 3) }),
      "certificate-without-quorum",
    ],
    [manifestOf(chain, { at: 7, newest: 10, voters: old }), "certificate-vote-of-stranger"],
    [manifestOf(chain, { at: 7, newest: 8 }), "snapshot-root-not-proved"],
  ];
  for (const [changed, code] of cases) assert.equal(codeOf(changed, genesis), code);
});

test("a snapshot of another network is refused, however well it is signed", () => {
  const other = new TestChain(testConsensus("cft", young));
  for (let num = 2; num <= 12; num++) other.append();
  const certificate = other.certificate({ num: 9, voters: young });
  const { stateRoot, eventRoot } = other.header(9);
  const proof = {
    changes: [],
    newest: { header: other.header(9), certificate },
    between: [other.header(8)],
  };
  const manifest = {
    chain: other.id,
    block: blockOf(other, 7),
    stateRoot,
    eventRoot,
    chunks,
    proof,
  };
  assert.equal(codeOf(manifest, genesisOf(other)), "proved");
  assert.equal(codeOf(manifest, genesis), "snapshot-of-other-chain");
  assert.equal(codeOf({ ...manifest, chain: chain.id }, genesis), "light-change-missing");
});

test("a manifest is read as it was written, and anything else is refused", () => {
  const manifest = manifestOf(chain, { at: 7, newest: 10 });
  const packed = encodeManifest(manifest);
  const read = decodeManifest(packed);
  assert.ok(read.ok);
  assert.deepEqual(read.value, manifest);
  assert.equal(decodeManifest(packed.slice(0, -1)).ok, false);
  for (const list of [new Uint8Array(), chunks.packed.slice(1)]) {
    const broken = encodeManifest({ ...manifest, chunks: { packed: list } as ChunkList });
    assert.deepEqual(decodeManifest(broken), { ok: false, error: { code: "manifest-malformed" } });
  }
});

function entry(first: number, rowsBytes = 1): ListedChunk {
  return { from: new Uint8Array(32).fill(first), headBytes: 1, rowsBytes };
}

test("a list of chunks begins at the beginning, ascends, and is within its limits", () => {
  const list = ChunkList.of([entry(0), entry(1, 5), entry(2)]);
  assert.deepEqual(ChunkList.parse(list.packed), list);
  assert.deepEqual([list.count, list.sizeBytes, list.sizeOf(1)], [3, 10, 6]);
  assert.deepEqual(list.rangeOf(1), { from: entry(1).from, to: entry(2).from });
  assert.deepEqual(list.rangeOf(2), { from: entry(2).from });
  for (const wrong of [
    [],
    [entry(1)],
    [entry(0), entry(0)],
    [entry(0), entry(2), entry(1)],
    [entry(0, snapshotChunkBytesMax)],
  ]) {
    assert.equal(ChunkList.parse(ChunkList.of(wrong).packed), undefined);
  }
  assert.equal(ChunkList.parse(new Uint8Array(40 * (snapshotChunksMax + 1))), undefined);
});
