import { compareBytes } from "./hashes.ts";
import { snapshotChunkBytesMax, snapshotChunksMax } from "./limits.ts";
import type { StateRange } from "./state-range.ts";

/** One chunk of a snapshot: where its range begins, and the sizes of its two parts (`encodeChunkHead`, rows). */
export type ListedChunk = {
  readonly from: Uint8Array;
  readonly headBytes: number;
  readonly rowsBytes: number;
};

const fromBytes = 32;
const entryBytes = fromBytes + 8;

/** What all chunks of the largest snapshot take. */
export const chunkListBytesMax: number = entryBytes * snapshotChunksMax;

/**
 * The chunks of a snapshot in the order of their ranges, each of which ends where the next begins. Packed: 32 bytes of `from` and
 * both sizes (u32, big-endian) for each.
 */
export class ChunkList {
  readonly packed: Uint8Array;
  private readonly view: DataView;

  private constructor(packed: Uint8Array) {
    this.packed = packed;
    this.view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  }

  static of(chunks: readonly ListedChunk[]): ChunkList {
    const packed = new Uint8Array(entryBytes * chunks.length);
    const list = new ChunkList(packed);
    for (const [at, { from, headBytes, rowsBytes }] of chunks.entries()) {
      packed.set(from, entryBytes * at);
      list.view.setUint32(entryBytes * at + fromBytes, headBytes);
      list.view.setUint32(entryBytes * at + fromBytes + 4, rowsBytes);
    }
    return list;
  }

  /** Undefined when these are no chunks that could cover a state, or too many. */
  static parse(packed: Uint8Array): ChunkList | undefined {
    if (packed.length === 0 || packed.length > chunkListBytesMax) return undefined;
    if (packed.length % entryBytes !== 0) return undefined;
    const list = new ChunkList(packed);
    return list.isInOrder() ? list : undefined;
  }

  get count(): number {
    return this.packed.length / entryBytes;
  }

  /** Of all chunks together. */
  get sizeBytes(): number {
    let sum = 0;
    for (let at = 0; at < this.count; at++) sum += this.sizeOf(at);
    return sum;
  }

  at(at: number): ListedChunk {
    const start = entryBytes * at;
    return {
      from: this.packed.subarray(start, start + fromBytes),
      headBytes: this.view.getUint32(start + fromBytes),
      rowsBytes: this.view.getUint32(start + fromBytes + 4),
    };
  }

  sizeOf(at: number): number {
    const { headBytes, rowsBytes } = this.at(at);
    return headBytes + rowsBytes;
  }

  rangeOf(at: number): StateRange {
    const { from } = this.at(at);
    return at + 1 < this.count ? { from, to: this.at(at + 1).from } : { from };
  }

  private isInOrder(): boolean {
    let before: Uint8Array | undefined;
    for (let at = 0; at < this.count; at++) {
      const { from } = this.at(at);
      const follows =
        before === undefined ? from.every((byte) => byte === 0) : compareBytes(before, from) < 0;
      if (!follows || this.sizeOf(at) > snapshotChunkBytesMax) return false;
      before = from;
    }
    return true;
  }
}
