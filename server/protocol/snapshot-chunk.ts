import { concatBytes, sha256 } from "./hashes.ts";
import { snapshotChunkBytesMax, snapshotChunkRowsMax } from "./limits.ts";
import { leafBytes } from "./node-draft.ts";
import { err, ok, type Result } from "./result.ts";
import {
  rangeProofNodesMax,
  verifyStateRange,
  type RangeProof,
  type StateRange,
  type StateRangeError,
} from "./state-range.ts";
import type { OnTreeNode, TreeLeaves } from "./subtree.ts";

/** One row of a snapshot: where it is (`packAddress`), and what it is. */
export type ChunkRow = { readonly address: Uint8Array; readonly row: Uint8Array };

/**
 * All rows of a range of the state, and the proof of that against the state's root: whoever gets it needs to trust
 * nobody.
 */
export type SnapshotChunk = {
  readonly range: StateRange;
  readonly proof: RangeProof;
  readonly rows: readonly ChunkRow[];
};

export type ChunkFormatError =
  | { readonly code: "chunk-too-large"; readonly sizeBytes: number; readonly sizeBytesMax: number }
  /** From this byte on it is no chunk. */
  | { readonly code: "chunk-malformed"; readonly at: number };

export type SnapshotChunkError = ChunkFormatError | StateRangeError;

/** What a row takes beside its own bytes and those of its address. */
const rowHeadBytes = 6;

const formatByte = 1;
const addressBytes = 32;

/**
 * What stands before the rows of a chunk: format byte 1; whether the range ends before the end of all (a byte, 0 or 1); `from`;
 * `to`, if so; the number of proof nodes (a byte), and each with its size before it (u16). Numbers are big-endian.
 */
export function encodeChunkHead({ from, to }: StateRange, proof: RangeProof): Uint8Array {
  const start = Uint8Array.of(formatByte, to === undefined ? 0 : 1);
  const nodes = proof.flatMap((node) => [
    Uint8Array.of(node.length >> 8, node.length & 0xff),
    node,
  ]);
  return concatBytes(
    start,
    from,
    ...(to === undefined ? [] : [to]),
    Uint8Array.of(proof.length),
    ...nodes,
  );
}

/** A row of a chunk: the size of the address (u16), the size of the row (u32), then both. Rows follow each other to the end. */
export function encodeChunkRow({ address, row }: ChunkRow): Uint8Array {
  const bytes = new Uint8Array(rowHeadBytes + address.length + row.length);
  // A view for these two numbers costs more than the rest: it makes a small array give up its own memory.
  bytes[0] = address.length >> 8;
  bytes[1] = address.length;
  bytes[2] = row.length >>> 24;
  bytes[3] = row.length >>> 16;
  bytes[4] = row.length >>> 8;
  bytes[5] = row.length;
  bytes.set(address, rowHeadBytes);
  bytes.set(row, rowHeadBytes + address.length);
  return bytes;
}

/** The row in what `encodeChunkRow` made; a part of it. */
export function rowOfChunkRow(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(rowHeadBytes + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)));
}

/** Addresses, rows and nodes are parts of `bytes`. Nothing is proved by it. */
export function decodeSnapshotChunk(bytes: Uint8Array): Result<SnapshotChunk, ChunkFormatError> {
  const sizeBytes = bytes.length;
  if (sizeBytes > snapshotChunkBytesMax) {
    return err({ code: "chunk-too-large", sizeBytes, sizeBytesMax: snapshotChunkBytesMax });
  }
  const reader = new ChunkReader(bytes);
  const chunk = reader.read();
  return chunk === undefined ? err({ code: "chunk-malformed", at: reader.at }) : ok(chunk);
}

/** Whether the chunk holds exactly the rows that the state with this root has in its range. */
export function verifySnapshotChunk(
  root: Uint8Array,
  { range, proof, rows }: SnapshotChunk,
  onNode?: OnTreeNode,
): Result<undefined, StateRangeError> {
  return verifyStateRange(root, { range, proof, leaves: leavesOf(rows) }, onNode);
}

function leavesOf(rows: readonly ChunkRow[]): TreeLeaves {
  const bytes = new Uint8Array(leafBytes * rows.length);
  let at = 0;
  for (const { address, row } of rows) {
    bytes.set(sha256(address), at);
    bytes.set(sha256(row), at + addressBytes);
    at += leafBytes;
  }
  return { count: rows.length, bytes };
}

class ChunkReader {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): SnapshotChunk | undefined {
    const range = this.range();
    const proof = range === undefined ? undefined : this.proof();
    const rows = proof === undefined ? undefined : this.rows();
    if (range === undefined || proof === undefined || rows === undefined) return undefined;
    return { range, proof, rows };
  }

  private range(): StateRange | undefined {
    const start = this.take(2);
    const ends = start?.[1];
    if (start?.[0] !== formatByte || ends === undefined || ends > 1) return undefined;
    const from = this.take(addressBytes);
    const to = ends === 1 ? this.take(addressBytes) : undefined;
    if (from === undefined) return undefined;
    if (ends === 0) return { from };
    return to === undefined ? undefined : { from, to };
  }

  private proof(): RangeProof | undefined {
    const count = this.take(1)?.[0];
    if (count === undefined || count > rangeProofNodesMax) return undefined;
    const nodes: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      if (this.at + 2 > this.bytes.length) return undefined;
      const size = this.view.getUint16(this.at);
      this.at += 2;
      const node = this.take(size);
      if (node === undefined) return undefined;
      nodes.push(node);
    }
    return nodes;
  }

  private rows(): readonly ChunkRow[] | undefined {
    const rows: ChunkRow[] = [];
    while (this.at < this.bytes.length) {
      if (this.at + rowHeadBytes > this.bytes.length) return undefined;
      const addressSize = this.view.getUint16(this.at);
      const rowSize = this.view.getUint32(this.at + 2);
      this.at += rowHeadBytes;
      const address = this.take(addressSize);
      const row = this.take(rowSize);
      if (address === undefined || row === undefined) return undefined;
      if (rows.length === snapshotChunkRowsMax) return undefined;
      rows.push({ address, row });
    }
    return rows;
  }

  private take(count: number): Uint8Array | undefined {
    const end = this.at + count;
    if (end > this.bytes.length) return undefined;
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }
}
