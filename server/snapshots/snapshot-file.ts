import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { equalBytes, sha256 } from "@kith/protocol/hashes";
import { blockBytesMax, snapshotManifestBytesMax } from "@kith/protocol/limits";
import { err, ok, type Result } from "@kith/protocol/result";
import {
  decodeManifest,
  type ManifestError,
  type SnapshotManifest,
} from "@kith/protocol/snapshot-manifest";

import { endBytes, endMagic, formatVersion, startBytes, startMagic } from "./file-layout.ts";

export type SnapshotFileError =
  | {
      readonly code: "snapshot-file-unreadable";
      readonly systemCode: string;
      readonly message: string;
    }
  /** It begins as no snapshot does. */
  | { readonly code: "snapshot-file-foreign" }
  | { readonly code: "snapshot-file-too-new"; readonly version: number }
  /** Its end is missing, or something in the middle. */
  | { readonly code: "snapshot-file-truncated"; readonly sizeBytes: number }
  /** Bytes were changed. */
  | { readonly code: "snapshot-file-damaged"; readonly part: "manifest" | "genesis" }
  | ManifestError;

/** A snapshot file that is whole, as far as its sizes tell. Reading throws what the disk throws. */
export class SnapshotFile {
  readonly manifest: SnapshotManifest;
  readonly genesis: SealedBlock;
  private readonly file: number;
  /** Where the rows of each chunk begin, and what stands before them. */
  private readonly rowsAt: readonly number[];
  private readonly headAt: readonly number[];

  constructor(file: number, manifest: SnapshotManifest, genesis: SealedBlock) {
    this.file = file;
    this.manifest = manifest;
    this.genesis = genesis;
    const { rowsAt, headAt } = placesOf(manifest);
    this.rowsAt = rowsAt;
    this.headAt = headAt;
  }

  /** As `decodeSnapshotChunk` reads it. */
  chunk(at: number): Uint8Array {
    const { headBytes, rowsBytes } = this.manifest.chunks.at(at);
    const bytes = new Uint8Array(headBytes + rowsBytes);
    fill(this.file, this.headAt[at] ?? 0, bytes.subarray(0, headBytes));
    fill(this.file, this.rowsAt[at] ?? 0, bytes.subarray(headBytes));
    return bytes;
  }

  *chunks(): Generator<Uint8Array> {
    for (let at = 0; at < this.manifest.chunks.count; at++) yield this.chunk(at);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Everything but the chunks is checked for damage; what it is worth is not (`verify-file.ts`). */
export function openSnapshotFile(path: string): Result<SnapshotFile, SnapshotFileError> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return unreadable(error);
  }
  let opened: Result<SnapshotFile, SnapshotFileError> | undefined;
  try {
    opened = readEnds(file);
    return opened;
  } catch (error) {
    return unreadable(error);
  } finally {
    if (opened?.ok !== true) closeSync(file);
  }
}

function readEnds(file: number): Result<SnapshotFile, SnapshotFileError> {
  const sizeBytes = fstatSync(file).size;
  const start = readAt(file, 0, Math.min(startBytes, sizeBytes));
  const magic = start.subarray(0, startMagic.length);
  if (!equalBytes(magic, startMagic.subarray(0, magic.length)) || sizeBytes === 0) {
    return err({ code: "snapshot-file-foreign" });
  }
  const truncated = err({ code: "snapshot-file-truncated", sizeBytes } as const);
  if (sizeBytes < startBytes + endBytes) return truncated;
  const version = viewOf(start).getUint32(startMagic.length);
  if (version !== formatVersion) return err({ code: "snapshot-file-too-new", version });
  const end = readAt(file, sizeBytes - endBytes, endBytes);
  if (!equalBytes(end.subarray(-endMagic.length), endMagic)) return truncated;
  const [genesisBytes, manifestBytes] = [viewOf(end).getUint32(0), viewOf(end).getUint32(4)];
  if (genesisBytes > blockBytesMax || manifestBytes > snapshotManifestBytesMax) {
    return err({ code: "snapshot-file-damaged", part: "manifest" });
  }
  const manifestAt = sizeBytes - endBytes - manifestBytes;
  const genesisAt = manifestAt - genesisBytes;
  if (genesisAt < startBytes) return truncated;
  const packed = readAt(file, manifestAt, manifestBytes);
  if (!equalBytes(sha256(packed), end.subarray(8, 40))) {
    return err({ code: "snapshot-file-damaged", part: "manifest" });
  }
  const manifest = decodeManifest(packed);
  if (!manifest.ok) return manifest;
  if (startBytes + manifest.value.chunks.sizeBytes !== genesisAt) return truncated;
  const genesis = decodeBlock(readAt(file, genesisAt, genesisBytes));
  if (!genesis.ok || genesis.value.id !== manifest.value.chain) {
    return err({ code: "snapshot-file-damaged", part: "genesis" });
  }
  return ok(new SnapshotFile(file, manifest.value, genesis.value));
}

function placesOf({ chunks }: SnapshotManifest): {
  readonly rowsAt: readonly number[];
  readonly headAt: readonly number[];
} {
  const [rowsAt, headAt]: [number[], number[]] = [[], []];
  let place = startBytes;
  for (let at = 0; at < chunks.count; at++) {
    rowsAt.push(place);
    place += chunks.at(at).rowsBytes;
  }
  for (let at = 0; at < chunks.count; at++) {
    headAt.push(place);
    place += chunks.at(at).headBytes;
  }
  return { rowsAt, headAt };
}

function readAt(file: number, at: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  fill(file, at, bytes);
  return bytes;
}

function fill(file: number, at: number, bytes: Uint8Array): void {
  for (let read = 0; read < bytes.length;) {
    const more = readSync(file, bytes, read, bytes.length - read, at + read);
    if (more === 0) throw new Error("the file is shorter than it was");
    read += more;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unreadable(error: unknown): Result<never, SnapshotFileError> {
  const message = error instanceof Error ? error.message : String(error);
  const hasCode = error instanceof Error && "code" in error && typeof error.code === "string";
  const systemCode = hasCode ? String(error.code) : "unknown";
  return err({ code: "snapshot-file-unreadable", systemCode, message });
}
