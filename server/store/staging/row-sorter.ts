import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { latin1Of } from "@kith/protocol/hashes";

import {
  compareTexts,
  headBytes,
  merged,
  recordAt,
  sizeAt,
  RunReader,
  type Run,
  type Sortable,
} from "./merged-runs.ts";

type RowSorterOptions = {
  /** A file of the sorter's own, for what does not fit into memory. */
  readonly path: string;
  readonly memoryBytesMax: number;
};

const writeBytes = 1024 * 1024;
const readBytesMin = 16 * 1024;
const readBytesMax = 512 * 1024;

/**
 * Puts any number of rows in the order of their keys with little memory: an external merge sort. As much as there is memory for
 * is sorted and written as a run; in the end the runs are read together.
 */
export class RowSorter {
  private readonly options: RowSorterOptions;
  private readonly arena: Uint8Array;
  private readonly view: DataView;
  private used = 0;
  private keys: string[] = [];
  private places: number[] = [];
  private readonly runs: Run[] = [];
  private file: number | undefined;
  private fileBytes = 0;

  constructor(options: RowSorterOptions) {
    this.options = options;
    this.arena = new Uint8Array(options.memoryBytesMax);
    this.view = new DataView(this.arena.buffer);
  }

  /** Both are copied. Throws what the disk throws. */
  add({ key, value }: Sortable): void {
    const size = headBytes + key.length + value.length;
    if (size > this.arena.length) throw new RangeError(`a row of ${size} bytes cannot be sorted`);
    if (this.used + size > this.arena.length) this.writeRun();
    const at = this.used;
    this.view.setUint16(at, key.length);
    this.view.setUint32(at + 2, value.length);
    this.arena.set(key, at + headBytes);
    this.arena.set(value, at + headBytes + key.length);
    this.keys.push(latin1Of(key));
    this.places.push(at);
    this.used += size;
  }

  /** Everything that was added, once. */
  *sorted(): Generator<Sortable> {
    if (this.runs.length === 0) {
      for (const index of this.order()) yield recordAt(this.arena, this.places[index] ?? 0);
      return;
    }
    this.writeRun();
    const share = Math.floor(this.arena.length / this.runs.length);
    const sizeBytes = Math.max(readBytesMin, Math.min(readBytesMax, share));
    const readers = this.runs.map((run) => new RunReader(this.opened(), run, sizeBytes));
    yield* merged(readers.filter((reader) => reader.next()));
  }

  /** Removes the file. */
  close(): void {
    if (this.file === undefined) return;
    closeSync(this.file);
    this.file = undefined;
    rmSync(this.options.path, { force: true });
  }

  private order(): readonly number[] {
    const { keys } = this;
    return Array.from(keys.keys()).toSorted((a, b) => compareTexts(keys[a], keys[b]));
  }

  private writeRun(): void {
    if (this.used === 0) return;
    const start = this.fileBytes;
    const out = new Uint8Array(writeBytes);
    let filled = 0;
    for (const index of this.order()) {
      const at = this.places[index] ?? 0;
      const size = sizeAt(this.arena, at);
      if (filled + size > out.length) {
        this.append(out.subarray(0, filled));
        filled = 0;
      }
      const record = this.arena.subarray(at, at + size);
      if (size > out.length) this.append(record);
      else {
        out.set(record, filled);
        filled += size;
      }
    }
    this.append(out.subarray(0, filled));
    this.runs.push({ start, end: this.fileBytes });
    this.used = 0;
    this.keys = [];
    this.places = [];
  }

  private append(bytes: Uint8Array): void {
    const file = this.opened();
    for (let at = 0; at < bytes.length;) {
      const written = writeSync(file, bytes, at, bytes.length - at, this.fileBytes);
      at += written;
      this.fileBytes += written;
    }
  }

  private opened(): number {
    if (this.file !== undefined) return this.file;
    mkdirSync(dirname(this.options.path), { recursive: true });
    this.file = openSync(this.options.path, "w+");
    return this.file;
  }
}
