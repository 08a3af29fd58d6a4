import type { Socket } from "node:net";

import type { Condition } from "./wires.ts";

/** Bytes that wait in a pipe before its source has to. */
const waitingBytesMax = 256 * 1024;
/** Where a direction is slow, bytes go in pieces of this size. */
const pieceBytes = 4 * 1024;

/** No bytes: the source has ended. */
type Piece = { readonly bytes: Buffer | undefined; readonly dueMs: number };

/** One direction of one connection: takes what the source sends, and gives it to the sink as the wire allows. */
export class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #condition: () => Condition;
  readonly #waiting: Piece[] = [];
  #waitingBytes = 0;
  #lastDueMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Socket, sink: Socket, condition: () => Condition) {
    this.#source = source;
    this.#sink = sink;
    this.#condition = condition;
    source.on("data", (bytes: Buffer) => this.#take(bytes));
    source.on("end", () => this.#push(undefined));
    source.on("close", () => this.#push(undefined));
    // What went wrong is told by the end that follows.
    source.on("error", () => undefined);
    sink.on("drain", () => this.flush());
    sink.on("close", () => clearTimeout(this.#timer));
  }

  /** Gives on what is due; to be called when the wire has changed. */
  flush(): void {
    clearTimeout(this.#timer);
    const { isCut } = this.#condition();
    if (isCut || this.#sink.destroyed || this.#sink.writableNeedDrain) return;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const waitMs = first.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flush(), waitMs);
        break;
      }
      this.#waiting.shift();
      if (first.bytes === undefined) return void this.#sink.destroy();
      this.#waitingBytes -= first.bytes.length;
      if (!this.#sink.write(first.bytes)) break;
    }
    if (this.#waitingBytes < waitingBytesMax) this.#source.resume();
  }

  #take(bytes: Buffer): void {
    const { bytesPerSecond } = this.#condition();
    const step = bytesPerSecond === Infinity ? bytes.length : pieceBytes;
    for (let at = 0; at < bytes.length; at += step) this.#push(bytes.subarray(at, at + step));
    if (this.#waitingBytes >= waitingBytesMax) this.#source.pause();
  }

  #push(bytes: Buffer | undefined): void {
    const { delayMs, bytesPerSecond } = this.#condition();
    const size = bytes?.length ?? 0;
    const nowMs = performance.now();
    // Order is kept also where a delay has just become shorter.
    this.#lastDueMs = Math.max(
      this.#lastDueMs + (size * 1000) / bytesPerSecond,
      nowMs + delayMs + (size * 1000) / bytesPerSecond,
    );
    this.#waitingBytes += size;
    this.#waiting.push({ bytes, dueMs: this.#lastDueMs });
    this.flush();
  }
}
