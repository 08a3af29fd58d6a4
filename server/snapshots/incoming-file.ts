import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { equalBytes } from "@kith/protocol/hashes";
import { decodeManifest, encodeManifest } from "@kith/protocol/snapshot-manifest";
import type { SnapshotManifest } from "@kith/protocol/snapshot-manifest";

/**
 * Chunks of a snapshot that come in any order, in a folder: the manifest; `chunks`, each at the place that the manifest gives it; and
 * `there`, a byte for each chunk, which is 1 when the chunk was written before. A power cut may leave such a byte without the chunk:
 * what is read is to be checked.
 */
export class IncomingFile {
  readonly manifest: SnapshotManifest;
  private readonly folder: string;
  private readonly places: readonly number[];
  private readonly there: Uint8Array;
  private readonly chunks: number;
  private readonly marks: number;
  private isOpen = true;

  private constructor(folder: string, manifest: SnapshotManifest) {
    this.folder = folder;
    this.manifest = manifest;
    const places: number[] = [];
    let place = 0;
    for (let at = 0; at < manifest.chunks.count; at++) {
      places.push(place);
      place += manifest.chunks.sizeOf(at);
    }
    this.places = places;
    const marks = join(folder, "there");
    const chunks = join(folder, "chunks");
    const kept = existsSync(marks) && existsSync(chunks) ? readFileSync(marks) : new Uint8Array();
    this.there = new Uint8Array(manifest.chunks.count);
    this.there.set(kept.subarray(0, manifest.chunks.count));
    this.chunks = openSync(chunks, existsSync(chunks) ? "r+" : "w+");
    try {
      this.marks = openSync(marks, existsSync(marks) ? "r+" : "w+");
    } catch (error) {
      closeSync(this.chunks);
      throw error;
    }
  }

  /** What was under way; undefined when there is nothing, or nothing that can be read. */
  static resume(folder: string): IncomingFile | undefined {
    try {
      const manifest = decodeManifest(new Uint8Array(readFileSync(join(folder, "manifest"))));
      return manifest.ok ? new IncomingFile(folder, manifest.value) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Goes on with what is there of the same chunks. Throws what the disk throws. */
  static start(folder: string, manifest: SnapshotManifest): IncomingFile {
    const before = IncomingFile.resume(folder);
    const isSame =
      before?.manifest.block.id === manifest.block.id &&
      equalBytes(before.manifest.chunks.packed, manifest.chunks.packed);
    before?.close();
    if (!isSame) rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "manifest"), encodeManifest(manifest));
    return new IncomingFile(folder, manifest);
  }

  /** Undefined for one that is not there, or cannot be read. */
  read(at: number): Uint8Array | undefined {
    if (!this.isOpen || this.there[at] !== 1) return undefined;
    const bytes = new Uint8Array(this.manifest.chunks.sizeOf(at));
    try {
      for (let read = 0; read < bytes.length;) {
        const place = (this.places[at] ?? 0) + read;
        const more = readSync(this.chunks, bytes, read, bytes.length - read, place);
        if (more === 0) return undefined;
        read += more;
      }
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** False when the disk does not take it. */
  write(at: number, bytes: Uint8Array): boolean {
    if (!this.isOpen) return false;
    try {
      for (let written = 0; written < bytes.length;) {
        const place = (this.places[at] ?? 0) + written;
        written += writeSync(this.chunks, bytes, written, bytes.length - written, place);
      }
      this.there[at] = 1;
      return writeSync(this.marks, Uint8Array.of(1), 0, 1, at) === 1;
    } catch {
      return false;
    }
  }

  /** In their order; one that cannot be read comes empty, which no chunk is. */
  *all(): Generator<Uint8Array> {
    for (let at = 0; at < this.manifest.chunks.count; at++) {
      yield this.read(at) ?? new Uint8Array();
    }
  }

  /** What has arrived stays. May be called again. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.chunks);
    closeSync(this.marks);
  }

  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
