import assert from "node:assert/strict";
import { test } from "node:test";

import { concatBytes, sha256, toHex } from "./hashes.ts";
import { snapshotChunkBytesMax, snapshotChunkRowsMax } from "./limits.ts";
import { accountNameConstant } from "./names.ts";
import { unpackAddress } from "./packed-address.ts";
import { packAddress } from "./row-proof.ts";
import {
  decodeSnapshotChunk,
  encodeChunkHead,
  encodeChunkRow,
  rowOfChunkRow,
  verifySnapshotChunk,
} from "./snapshot-chunk.ts";
import { rangeProofNodesMax } from "./state-range.ts";
import { emptyNode } from "./state-tree-node.ts";

const from = new Uint8Array(32);
const place = { service: accountNameConstant("tokens"), space: 16, key: Uint8Array.of(7, 8) };
const address = packAddress(place);
const row = encodeChunkRow({ address, row: Uint8Array.of(1, 2, 3) });

function faultOf(...parts: readonly Uint8Array[]): unknown {
  const chunk = decodeSnapshotChunk(concatBytes(...parts));
  return chunk.ok ? undefined : chunk.error;
}

test("a chunk has the same bytes everywhere", () => {
  const head = encodeChunkHead({ from, to: sha256(from) }, [emptyNode]);
  assert.equal(
    toHex(concatBytes(head, row)),
    `0101${"00".repeat(32)}${toHex(sha256(from))}0100050100000000` +
      "000d0000000306746f6b656e73000000100708010203",
  );
  const chunk = decodeSnapshotChunk(concatBytes(head, row));
  assert.ok(chunk.ok);
  assert.deepEqual(chunk.value, {
    range: { from, to: sha256(from) },
    proof: [emptyNode],
    rows: [{ address, row: Uint8Array.of(1, 2, 3) }],
  });
  assert.deepEqual(rowOfChunkRow(row), Uint8Array.of(1, 2, 3));
  assert.deepEqual(unpackAddress(address), place);
});

test("bytes that are no chunk are refused with the place where that shows", () => {
  const head = encodeChunkHead({ from }, []);
  assert.deepEqual(faultOf(), { code: "chunk-malformed", at: 0 });
  assert.deepEqual(faultOf(Uint8Array.of(2), head.slice(1)), { code: "chunk-malformed", at: 2 });
  assert.deepEqual(faultOf(Uint8Array.of(1, 2), head.slice(2)), { code: "chunk-malformed", at: 2 });
  assert.deepEqual(faultOf(head.slice(0, 34)), { code: "chunk-malformed", at: 34 });
  assert.deepEqual(faultOf(head, row.slice(0, 5)), { code: "chunk-malformed", at: 35 });
  assert.deepEqual(faultOf(head, row.slice(0, -1)), { code: "chunk-malformed", at: 54 });
  assert.equal(faultOf(head, row), undefined);
});

test("a chunk is refused for its size before it is looked into", () => {
  assert.deepEqual(faultOf(new Uint8Array(snapshotChunkBytesMax + 1)), {
    code: "chunk-too-large",
    sizeBytes: snapshotChunkBytesMax + 1,
    sizeBytesMax: snapshotChunkBytesMax,
  });
});

test("a chunk has no more rows, and no longer proof, than its limits say", () => {
  const head = encodeChunkHead({ from }, []);
  const rows = Array.from({ length: snapshotChunkRowsMax }, () => row);
  assert.equal(faultOf(head, ...rows), undefined);
  assert.ok(faultOf(head, ...rows, row) !== undefined);
  const proof = Array.from({ length: rangeProofNodesMax }, () => emptyNode);
  assert.equal(faultOf(encodeChunkHead({ from }, proof)), undefined);
  assert.ok(faultOf(encodeChunkHead({ from }, [...proof, emptyNode])) !== undefined);
});

test("what is no address of a row is told from one", () => {
  for (const bytes of [
    new Uint8Array(),
    address.slice(0, 10),
    Uint8Array.of(200, ...address.slice(1)),
    Uint8Array.of(1, 0x41, 0, 0, 0, 0),
    Uint8Array.of(0, 0, 0, 0, 0),
  ]) {
    assert.equal(unpackAddress(bytes), undefined, toHex(bytes));
  }
});

test("bounds of other sizes, or in the wrong order, bound nothing", () => {
  for (const range of [
    { from: from.slice(1) },
    { from, to: from },
    { from, to: sha256(from).slice(1) },
    { from: sha256(from), to: from },
  ]) {
    const verified = verifySnapshotChunk(sha256(emptyNode), { range, proof: [], rows: [] });
    assert.deepEqual(verified, { ok: false, error: { code: "range-bounds-wrong" } });
  }
  const whole = { range: { from }, proof: [], rows: [] };
  assert.ok(verifySnapshotChunk(sha256(emptyNode), whole).ok);
});
