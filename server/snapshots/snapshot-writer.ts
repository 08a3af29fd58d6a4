import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

import type { CutSnapshot } from "@kith/chain/snapshot-cutter";
import { ChunkList, type ListedChunk } from "@kith/protocol/chunk-list";
import { concatBytes, sha256 } from "@kith/protocol/hashes";
import { encodeManifest, type SnapshotManifest } from "@kith/protocol/snapshot-manifest";

import { endMagic, formatVersion, startMagic } from "./file-layout.ts";

const bufferBytes = 1024 * 1024;

/** Writes a snapshot file from its beginning to its end. Throws what the disk throws. */
export class SnapshotWriter {
  private readonly file: number;
  private readonly buffer = new Uint8Array(bufferBytes);
  private used = 0;
  private readonly rowsBytes: number[] = [];

  /** Whatever is at `path` goes. */
  constructor(path: string) {
    this.file = openSync(path, "w");
    this.append(startMagic);
    this.append(u32(formatVersion));
  }

  /** The rows of the next chunk. */
  rows(parts: readonly Uint8Array[]): void {
    let sizeBytes = 0;
    for (const part of parts) {
      this.append(part);
      sizeBytes += part.length;
    }
    this.rowsBytes.push(sizeBytes);
  }

  /** When the rows of all chunks are in. */
  heads({ ranges, head }: CutSnapshot): ChunkList {
    const chunks = ranges.map(({ from }, at): ListedChunk => {
      const bytes = head(at);
      this.append(bytes);
      return { from, headBytes: bytes.length, rowsBytes: this.rowsBytes[at] ?? 0 };
    });
    return ChunkList.of(chunks);
  }

  /** Everything is on the disk when this returns. */
  finish(manifest: SnapshotManifest, genesis: Uint8Array): void {
    const packed = encodeManifest(manifest);
    const sizes = concatBytes(u32(genesis.length), u32(packed.length));
    for (const part of [genesis, packed, sizes, sha256(packed), endMagic]) this.append(part);
    this.flush();
    fsyncSync(this.file);
    closeSync(this.file);
  }

  /** Leaves what was written as it is: no snapshot. */
  abandon(): void {
    closeSync(this.file);
  }

  private append(bytes: Uint8Array): void {
    if (this.used + bytes.length > this.buffer.length) this.flush();
    if (bytes.length > this.buffer.length) return this.write(bytes);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private flush(): void {
    this.write(this.buffer.subarray(0, this.used));
    this.used = 0;
  }

  private write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
  }
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
