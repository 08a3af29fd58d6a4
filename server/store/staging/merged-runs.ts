import { readSync } from "node:fs";

import { latin1Of } from "@kith/protocol/hashes";

/** Something with the key that it is sorted by. */
export type Sortable = { readonly key: Uint8Array; readonly value: Uint8Array };

/** A part of the file that is in order. */
export type Run = { readonly start: number; readonly end: number };

/** Before each row: the size of its key (u16) and of its value (u32). */
export const headBytes = 6;

export function recordAt(bytes: Uint8Array, at: number): Sortable {
  const valueAt = at + headBytes + keySizeAt(bytes, at);
  return {
    key: bytes.subarray(at + headBytes, valueAt),
    value: bytes.subarray(valueAt, valueAt + valueSizeAt(bytes, at)),
  };
}

// A view for these two numbers would cost more than everything else that is done with a row.
function keySizeAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function valueSizeAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return high * 0x1_0000 + (((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0));
}

/** Of the whole row, with what stands before it. */
export function sizeAt(bytes: Uint8Array, at: number): number {
  return headBytes + keySizeAt(bytes, at) + valueSizeAt(bytes, at);
}

/** Reads one run, a part at a time. */
export class RunReader {
  key = "";
  private readonly file: number;
  private readonly sizeBytes: number;
  private buffer: Uint8Array = new Uint8Array();
  private fileAt: number;
  private readonly end: number;
  /** What of the buffer is read from the file and not taken yet. */
  private from = 0;
  private to = 0;
  private record: Sortable | undefined;

  constructor(file: number, run: Run, sizeBytes: number) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.fileAt = run.start;
    this.end = run.end;
  }

  get current(): Sortable {
    if (this.record === undefined) throw new Error("a run is read beyond its end");
    return this.record;
  }

  /** False at the end of the run. */
  next(): boolean {
    if (!this.has(headBytes)) return false;
    const size = sizeAt(this.buffer, this.from);
    if (!this.has(size)) throw new Error("a run ends in the middle of a row");
    this.record = recordAt(this.buffer, this.from);
    this.key = latin1Of(this.record.key);
    this.from += size;
    return true;
  }

  /** Rows that were given out keep their memory: what is read next goes elsewhere. */
  private has(count: number): boolean {
    if (this.to - this.from >= count) return true;
    const left = this.buffer.subarray(this.from, this.to);
    this.buffer = new Uint8Array(Math.max(this.sizeBytes, count));
    this.buffer.set(left);
    this.to = left.length;
    this.from = 0;
    while (this.to < count) {
      const room = Math.min(this.buffer.length - this.to, this.end - this.fileAt);
      if (room === 0) return false;
      const read = readSync(this.file, this.buffer, this.to, room, this.fileAt);
      if (read === 0) throw new Error("a run is shorter than it was");
      this.to += read;
      this.fileAt += read;
    }
    return true;
  }
}

/** A heap of readers, the smallest key on top. */
export function* merged(readers: RunReader[]): Generator<Sortable> {
  const heap = readers.toSorted((a, b) => compareTexts(a.key, b.key));
  for (;;) {
    const [top] = heap;
    if (top === undefined) return;
    yield top.current;
    if (!top.next()) {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
    }
    sink(heap);
  }
}

function sink(heap: RunReader[]): void {
  for (let at = 0; ;) {
    const least = lesser(heap, lesser(heap, at, 2 * at + 1), 2 * at + 2);
    if (least === at) return;
    const [one, other] = [heap[at], heap[least]];
    if (one === undefined || other === undefined) return;
    heap[at] = other;
    heap[least] = one;
    at = least;
  }
}

function lesser(heap: readonly RunReader[], at: number, other: number): number {
  const [a, b] = [heap[at], heap[other]];
  return a === undefined || b === undefined || a.key <= b.key ? at : other;
}

export function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}
