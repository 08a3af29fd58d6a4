import assert from "node:assert/strict";
import { test } from "node:test";

import { compareBytes, concatBytes, sha256 } from "@kith/protocol/hashes";
import { snapshotChunkBytesMax } from "@kith/protocol/limits";
import { accountNameConstant } from "@kith/protocol/names";
import { packAddress } from "@kith/protocol/row-proof";
import {
  decodeSnapshotChunk,
  encodeChunkRow,
  verifySnapshotChunk,
} from "@kith/protocol/snapshot-chunk";

import { keyBytesMax, rowBytesMax, snapshotChunkBytes, snapshotChunkRows } from "./limits.ts";
import { SnapshotCutter } from "./snapshot-cutter.ts";

const service = accountNameConstant("tokens");

/** How many rows and bytes the chunks of rows with these sizes have. */
function cut(sizes: readonly number[], keyBytes = 4) {
  const rows = sizes.map((size, at) => {
    const key = new Uint8Array(keyBytes);
    new DataView(key.buffer).setUint32(0, at);
    const address = packAddress({ service, space: 0, key });
    return { hash: sha256(address), entry: encodeChunkRow({ address, row: new Uint8Array(size) }) };
  });
  const parts: Uint8Array[] = [];
  const cutter = new SnapshotCutter((entries) => void parts.push(concatBytes(...entries)));
  for (const row of rows.toSorted((a, b) => compareBytes(a.hash, b.hash))) cutter.add(row);
  const { root, head } = cutter.end();
  return parts.map((part, at) => {
    const bytes = concatBytes(head(at), part);
    const chunk = decodeSnapshotChunk(bytes);
    assert.ok(chunk.ok && verifySnapshotChunk(root, chunk.value).ok);
    return { rows: chunk.value.rows.length, rowBytes: part.length, sizeBytes: bytes.length };
  });
}

test("a state without rows is one chunk without rows", () => {
  assert.deepEqual(cut([]), [{ rows: 0, rowBytes: 0, sizeBytes: 35 }]);
});

test("a chunk ends with the last row that it has room for", () => {
  const rows = cut(Array.from({ length: 2 * snapshotChunkRows + 1 }, () => 10));
  assert.deepEqual(
    rows.map((chunk) => chunk.rows),
    [snapshotChunkRows, snapshotChunkRows, 1],
  );
  const bytes = cut(Array.from({ length: 40 }, () => 40_000));
  assert.deepEqual(
    bytes.map((chunk) => chunk.rows),
    [13, 13, 13, 1],
  );
  for (const { rowBytes } of bytes) assert.ok(rowBytes <= snapshotChunkBytes);
});

test("rows of the largest size are chunks of their own, and within what a message holds", () => {
  const chunks = cut([rowBytesMax, rowBytesMax, rowBytesMax], keyBytesMax);
  assert.deepEqual(
    chunks.map(({ rows }) => rows),
    [1, 1, 1],
  );
  for (const { sizeBytes } of chunks) assert.ok(sizeBytes <= snapshotChunkBytesMax);
});
