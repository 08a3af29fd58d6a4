import { readSync } from "node:fs";

import { latin1Of } from "@kith/protocol/hashes";

/** Something with the key that it is sorted by; both may be views that are good until the next one is asked for. */
export type Sortable = { readonly key: Uint8Array; readonly value: Uint8Array };

/** A part of the file that is in order. */
export type Run = { readonly start: number; readonly end: number };

/** Before each row: the size of its key (u16) and of its value (u32). */
export const headBytes = 6;

export function recordAt(bytes: Uint8Array, at: number): Sortable {
  const keySize = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const valueAt = at + headBytes + keySize;
  return {
    key: bytes.subarray(at + headBytes, valueAt),
    value: bytes.subarray(valueAt, valueAt + view.getUint32(at + 2)),
  };
}

/** Reads one run, a part at a time. */
export class RunReader {
  key = "";
  private readonly file: number;
  private buffer: Uint8Array;
  private fileAt: number;
  private readonly end: number;
  /** What of the buffer is read from the file and not taken yet. */
  private from = 0;
  private to = 0;
  private record: Sortable | undefined;

  constructor(file: number, run: Run, sizeBytes: number) {
    this.file = file;
    this.buffer = new Uint8Array(sizeBytes);
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
    const { buffer, from } = this;
    const view = new DataView(buffer.buffer, buffer.byteOffset + from, headBytes);
    const size = headBytes + view.getUint16(0) + view.getUint32(2);
    if (!this.has(size)) throw new Error("a run ends in the middle of a row");
    this.record = recordAt(this.buffer, this.from);
    this.key = latin1Of(this.record.key);
    this.from += size;
    return true;
  }

  private has(count: number): boolean {
    if (this.to - this.from >= count) return true;
    if (count > this.buffer.length) this.buffer = moved(this.buffer, this.from, this.to, count);
    else this.buffer.copyWithin(0, this.from, this.to);
    this.to -= this.from;
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

function moved(buffer: Uint8Array, from: number, to: number, sizeBytes: number): Uint8Array {
  const larger = new Uint8Array(sizeBytes);
  larger.set(buffer.subarray(from, to));
  return larger;
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
