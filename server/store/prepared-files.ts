import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import {
  preparedBytesMax,
  preparedDraftMsMax,
  preparedFileBytesMax,
  preparedScanBytes,
  preparedTouchMs,
} from "./limits.ts";
import { contentOfFile, partsOfFile } from "./prepared-file.ts";
import { filesToRemove, type PreparedFileFacts } from "./prepared-retention.ts";

export type PreparedFilesOptions = {
  /** The node's data folder. */
  readonly folder: string;
  /** Hears once, in a sentence for people, that something cannot be kept or read. */
  readonly onTrouble: (text: string) => void;
  readonly nowMs?: () => number;
  readonly bytesMax?: number;
  /** Writes the parts into a new file: a port for tests. */
  readonly writeNew?: (path: string, parts: readonly Uint8Array[]) => void;
};

const draftEnd = ".draft";
const nameForm = /^[a-z0-9-]{1,200}$/;

/**
 * What is made of services' code, in files that may all be lost: they are made again from the code. Hence no fsync:
 * what a power cut leaves is whole, or its checksum says that it is none. Any number of processes may use the folder,
 * because a file gets its name when it is whole. Nothing here throws on account of a disk: a node whose disk is full
 * goes on with what its memory holds.
 */
export class PreparedFiles {
  readonly #folder: string;
  readonly #options: PreparedFilesOptions;
  readonly #nowMs: () => number;
  #isTroubleSaid = false;
  /** Undefined before this process has written anything. */
  #writtenSinceScan: number | undefined;

  constructor(options: PreparedFilesOptions) {
    this.#options = options;
    this.#folder = join(options.folder, "prepared");
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /** Undefined when there is nothing under this name, or nothing whole. */
  read(name: string): Uint8Array | undefined {
    const path = this.#pathOf(name);
    try {
      const { bytes, usedMs } = readWhole(path);
      const content = contentOfFile(name, bytes);
      if (content !== undefined) this.#touch(path, usedMs);
      return content;
    } catch (error) {
      if (!isMissing(error)) this.#say(error);
      return undefined;
    }
  }

  /** Keeps it, or does not. */
  write(name: string, content: Uint8Array): void {
    const parts = partsOfFile(name, content);
    const sizeBytes = parts.reduce((sum, { length }) => sum + length, 0);
    if (sizeBytes > preparedFileBytesMax) return;
    const path = this.#pathOf(name);
    const draft = `${path}-${randomBytes(6).toString("hex")}${draftEnd}`;
    try {
      this.#makeRoom(sizeBytes);
      (this.#options.writeNew ?? writeNew)(draft, parts);
      renameSync(draft, path);
    } catch (error) {
      // The folder may be gone; the next time it is made again.
      this.#writtenSinceScan = undefined;
      this.#say(error);
      this.#attempt(() => rmSync(draft, { force: true }));
    }
  }

  /** Looks through the folder at the first write and after much was written, so that all processes keep to the limit. */
  #makeRoom(sizeBytes: number): void {
    const { bytesMax = preparedBytesMax } = this.#options;
    const written = this.#writtenSinceScan;
    if (written !== undefined && written < Math.min(preparedScanBytes, bytesMax / 16)) {
      this.#writtenSinceScan = written + sizeBytes;
      return;
    }
    mkdirSync(this.#folder, { recursive: true });
    const nowMs = this.#nowMs();
    for (const { name } of filesToRemove(this.#scan(nowMs), { nowMs, bytesMax })) {
      rmSync(join(this.#folder, name), { force: true });
    }
    this.#writtenSinceScan = sizeBytes;
  }

  #scan(nowMs: number): PreparedFileFacts[] {
    const found: PreparedFileFacts[] = [];
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts?.isFile() !== true) continue;
      const { size: sizeBytes, mtimeMs: usedMs } = facts;
      if (!name.endsWith(draftEnd)) found.push({ name, sizeBytes, usedMs });
      else if (nowMs - usedMs > preparedDraftMsMax) rmSync(path, { force: true });
    }
    return found;
  }

  /** The file's time is when it was last of use. */
  #touch(path: string, usedMs: number): void {
    const nowMs = this.#nowMs();
    if (nowMs - usedMs < preparedTouchMs) return;
    this.#attempt(() => utimesSync(path, nowMs / 1000, nowMs / 1000));
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#say(error);
    }
  }

  #pathOf(name: string): string {
    if (!nameForm.test(name)) throw new Error(`nothing is kept under the name ${name}`);
    return join(this.#folder, name);
  }

  #say(error: unknown): void {
    if (this.#isTroubleSaid) return;
    this.#isTroubleSaid = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.onTrouble(
      `services that are ready to run cannot be kept in ${this.#folder} (${reason}); this node goes on, and may need longer for blocks until that is mended and it is started again`,
    );
  }
}

/** No bytes, which is nothing whole, of a file that is larger than any that was written here. */
function readWhole(path: string): { readonly bytes: Uint8Array; readonly usedMs: number } {
  const file = openSync(path, "r");
  try {
    const { size, mtimeMs: usedMs } = fstatSync(file);
    const bytes = new Uint8Array(size > preparedFileBytesMax ? 0 : size);
    let at = 0;
    for (let count = 1; at < bytes.length && count > 0; at += count) {
      count = readSync(file, bytes, at, bytes.length - at, at);
    }
    return { bytes: bytes.subarray(0, at), usedMs };
  } finally {
    closeSync(file);
  }
}

function writeNew(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (const bytes of parts) {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
