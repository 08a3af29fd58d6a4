import { sha256 } from "@kith/protocol/hashes";
import { leafBytes } from "@kith/protocol/node-draft";
import { encodeChunkHead, rowOfChunkRow } from "@kith/protocol/snapshot-chunk";
import type { StateRange } from "@kith/protocol/state-range";

import { snapshotChunkBytes, snapshotChunkRows } from "./limits.ts";
import { SortedTree } from "./sorted-tree.ts";

/** A row with its place in the order of snapshots. */
export type SortedRow = {
  /** `addressHash` of the row's address, 32 bytes. */
  readonly hash: Uint8Array;
  /** As `encodeChunkRow` makes it. */
  readonly entry: Uint8Array;
};

/** What comes out when all rows are in: the root of their tree, and what stands before the rows of each chunk. */
export type CutSnapshot = {
  readonly root: Uint8Array;
  readonly ranges: readonly StateRange[];
  /** `encodeChunkHead` of chunk `at`: together with its rows it is the chunk. */
  readonly head: (at: number) => Uint8Array;
};

/**
 * Cuts the rows of a state into chunks. Where it cuts depends on the rows alone, so that every node has the same chunks
 * of one state, and parts of them can come from several.
 */
export class SnapshotCutter {
  private readonly onRows: (rows: readonly Uint8Array[]) => void;
  private readonly tree = new SortedTree();
  private readonly leaf = new Uint8Array(leafBytes);
  private readonly bounds: Uint8Array[] = [];
  private rows: Uint8Array[] = [];
  private sizeBytes = 0;

  /** `onRows` is given the rows of each chunk, in order; one behind the other they are its end. */
  constructor(onRows: (rows: readonly Uint8Array[]) => void) {
    this.onRows = onRows;
  }

  /** Rows ascend by hash. */
  add({ hash, entry }: SortedRow): void {
    const isFull =
      this.sizeBytes + entry.length > snapshotChunkBytes || this.rows.length === snapshotChunkRows;
    const isBound = this.rows.length > 0 && isFull;
    if (isBound) {
      this.cut();
      this.bounds.push(hash.slice());
    }
    this.leaf.set(hash);
    this.leaf.set(sha256(rowOfChunkRow(entry)), hash.length);
    this.tree.add(this.leaf, isBound);
    this.rows.push(entry);
    this.sizeBytes += entry.length;
  }

  end(): CutSnapshot {
    this.cut();
    const root = this.tree.end();
    const ranges = [new Uint8Array(hashBytes), ...this.bounds].map((from, at): StateRange => {
      const to = this.bounds[at];
      return to === undefined ? { from } : { from, to };
    });
    const head = (at: number): Uint8Array => {
      const range = ranges[at];
      if (range === undefined) throw new RangeError(`a snapshot has no chunk ${at}`);
      return encodeChunkHead(range, this.tree.proofOf(range));
    };
    return { root, ranges, head };
  }

  private cut(): void {
    this.onRows(this.rows);
    this.rows = [];
    this.sizeBytes = 0;
  }
}

const hashBytes = 32;
