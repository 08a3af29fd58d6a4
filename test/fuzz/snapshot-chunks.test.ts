import assert from "node:assert/strict";
import { test } from "node:test";

import { SortedTree } from "@kith/chain/sorted-tree";
import { compareBytes, concatBytes, sha256, toHex } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import { unpackAddress } from "@kith/protocol/packed-address";
import { nextBelow, seedRandom } from "@kith/protocol/random";
import { packAddress } from "@kith/protocol/row-proof";
import {
  decodeSnapshotChunk,
  encodeChunkHead,
  encodeChunkRow,
  verifySnapshotChunk,
  type ChunkRow,
  type SnapshotChunk,
} from "@kith/protocol/snapshot-chunk";
import type { StateRange } from "@kith/protocol/state-range";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

type Place = { readonly hash: Uint8Array; readonly row: ChunkRow };
type Cut = {
  readonly root: Uint8Array;
  readonly rows: readonly Place[];
  readonly chunks: readonly Uint8Array[];
};

/** Small chunks, so that there are several of them. */
function cutState(stateSeed: number, count: number): Cut {
  const random = seedRandom(stateSeed);
  const service = accountNameConstant("tokens");
  const rows = Array.from({ length: count }, (_, at): Place => {
    const key = Uint8Array.of(at >> 8, at & 0xff);
    const address = packAddress({ service, space: 16 * nextBelow(random, 4), key });
    const row = new Uint8Array(nextBelow(random, 40)).fill(at);
    return { hash: sha256(address), row: { address, row } };
  }).toSorted((a, b) => compareBytes(a.hash, b.hash));
  const tree = new SortedTree();
  const starts = [0];
  for (const [at, { hash, row }] of rows.entries()) {
    const isBound = at > 0 && nextBelow(random, 8) === 0;
    if (isBound) starts.push(at);
    tree.add(concatBytes(hash, sha256(row.row)), isBound);
  }
  const root = tree.end();
  const chunks = starts.map((start, at) => {
    const end = starts[at + 1];
    const from = at === 0 ? new Uint8Array(32) : hashAt(rows, start);
    const range = end === undefined ? { from } : { from, to: hashAt(rows, end) };
    const entries = rows.slice(start, end).map(({ row }) => encodeChunkRow(row));
    return concatBytes(encodeChunkHead(range, tree.proofOf(range)), ...entries);
  });
  return { root, rows, chunks };
}

function hashAt(rows: readonly Place[], at: number): Uint8Array {
  const hash = rows[at]?.hash;
  assert.ok(hash !== undefined);
  return hash;
}

const states = Array.from({ length: 12 }, (_, at) =>
  cutState(seed + at, [0, 1, 2, 17, 60][at % 5] ?? 0),
);
const cut: fc.Arbitrary<Cut> = fc.constantFrom(...states);

/** Whether the chunk says no more and no less than what is true of its range. */
function isTrue({ rows }: Cut, chunk: SnapshotChunk): boolean {
  const { from, to } = chunk.range;
  const inRange = rows.filter(
    ({ hash }) => compareBytes(hash, from) >= 0 && (to === undefined || compareBytes(hash, to) < 0),
  );
  return textOf(inRange.map(({ row }) => row)) === textOf(chunk.rows);
}

function textOf(rows: readonly ChunkRow[]): string {
  return rows.map(({ address, row }) => `${toHex(address)} ${toHex(row)}`).join();
}

function chunkOf(bytes: Uint8Array): SnapshotChunk {
  const chunk = decodeSnapshotChunk(bytes);
  assert.ok(chunk.ok);
  return chunk.value;
}

function packed({ range, proof, rows }: SnapshotChunk): Uint8Array {
  return concatBytes(encodeChunkHead(range, proof), ...rows.map(encodeChunkRow));
}

test(`the chunks of a state prove it from its beginning to its end (seed ${seed})`, () => {
  check(states.length, cut, (state) => {
    let next: Uint8Array | undefined = new Uint8Array(32);
    const found: ChunkRow[] = [];
    for (const bytes of state.chunks) {
      const chunk = chunkOf(bytes);
      assert.deepEqual(chunk.range.from, next);
      assert.deepEqual(packed(chunk), bytes);
      assert.deepEqual(verifySnapshotChunk(state.root, chunk), { ok: true, value: undefined });
      found.push(...chunk.rows);
      next = chunk.range.to;
    }
    assert.equal(next, undefined);
    assert.deepEqual(
      found,
      state.rows.map(({ row }) => row),
    );
  });
});

test(`a chunk with changed bytes is refused, or still says nothing but the truth (seed ${seed})`, () => {
  const cases = cut.chain((state) =>
    fc.tuple(fc.constant(state), mutated(fc.constantFrom(...state.chunks))),
  );
  check(1500, cases, ([state, bytes]) => {
    const chunk = decodeSnapshotChunk(bytes);
    if (!chunk.ok) return;
    if (verifySnapshotChunk(state.root, chunk.value).ok) assert.ok(isTrue(state, chunk.value));
  });
});

/** Ways to lie that keep everything well formed. */
const lies: readonly ((chunk: SnapshotChunk, other: SnapshotChunk, at: number) => SnapshotChunk)[] =
  [
    (chunk, _, at) => ({
      ...chunk,
      rows: chunk.rows.toSpliced(at % Math.max(1, chunk.rows.length), 1),
    }),
    (chunk, other) => ({ ...chunk, rows: [...chunk.rows, ...other.rows.slice(0, 1)] }),
    (chunk, other) => ({ ...chunk, rows: other.rows }),
    (chunk, other) => ({ ...chunk, rows: [...chunk.rows, ...other.rows].toSorted(byHash) }),
    (chunk, other) => ({ ...chunk, proof: other.proof }),
    (chunk, other) => ({ ...chunk, range: other.range }),
    (chunk, other) => ({ ...chunk, range: joined(chunk.range, other.range) }),
    (chunk) => ({ ...chunk, proof: chunk.proof.slice(0, -1) }),
    (chunk) => ({ ...chunk, proof: [...chunk.proof, ...chunk.proof] }),
    (chunk) => ({ ...chunk, proof: chunk.proof.toReversed() }),
    (chunk) => ({ ...chunk, proof: [] }),
    (chunk) => ({ ...chunk, rows: chunk.rows.toReversed() }),
    (chunk) => ({ ...chunk, rows: chunk.rows.flatMap((row) => [row, row]) }),
    (chunk, _, at) => ({
      ...chunk,
      rows: chunk.rows.map((row, place) =>
        place === at % chunk.rows.length ? { ...row, row: sha256(row.row) } : row,
      ),
    }),
    (chunk, _, at) => ({
      ...chunk,
      range: {
        ...chunk.range,
        from: chunk.rows[at % chunk.rows.length]?.address ?? chunk.range.from,
      },
    }),
    (chunk, _, at) => ({
      ...chunk,
      range: {
        ...chunk.range,
        from: sha256(chunk.rows[at % chunk.rows.length]?.address ?? chunk.range.from),
      },
    }),
    (chunk, _, at) => ({
      ...chunk,
      range: {
        ...chunk.range,
        to: sha256(chunk.rows[at % chunk.rows.length]?.address ?? chunk.range.from),
      },
    }),
    ({ range: { from }, ...chunk }) => ({ ...chunk, range: { from } }),
    (chunk) => ({ ...chunk, range: { ...chunk.range, from: new Uint8Array(32) } }),
    (chunk) => ({ ...chunk, range: { from: chunk.range.from, to: chunk.range.from } }),
  ];

function byHash(a: ChunkRow, b: ChunkRow): number {
  return compareBytes(sha256(a.address), sha256(b.address));
}

function joined(one: StateRange, other: StateRange): StateRange {
  return other.to === undefined ? { from: one.from } : { from: one.from, to: other.to };
}

test(`whoever lies about a chunk in a well-formed way is found out (seed ${seed})`, () => {
  const cases = cut.chain((state) =>
    fc.tuple(fc.constant(state), fc.nat(), fc.nat(), fc.nat(), fc.constantFrom(...lies)),
  );
  let refused = 0;
  check(1500, cases, ([state, first, second, at, lie]) => {
    const [chunk, other] = [first, second].map((each) =>
      chunkOf(state.chunks[each % state.chunks.length] ?? new Uint8Array()),
    );
    if (chunk === undefined || other === undefined) return;
    const told = lie(chunk, other, at);
    if (verifySnapshotChunk(state.root, told).ok) assert.ok(isTrue(state, told));
    else refused++;
  });
  assert.ok(refused > 500, `${refused} lies`);
});

test(`a chunk proves nothing about another state (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const one = cutState(1, 40);
  const other = cutState(2, 40);
  const chunk = chunkOf(one.chunks[nextBelow(random, one.chunks.length)] ?? new Uint8Array());
  assert.equal(verifySnapshotChunk(other.root, chunk).ok, false);
  assert.ok(chunk.rows.every(({ address }) => unpackAddress(address)?.service === "tokens"));
});
