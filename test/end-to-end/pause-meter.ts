import type { Writer } from "./writer.ts";

const lookMs = 2;

/** How long it lasts at most until the next transaction of anybody is acknowledged. */
export class PauseMeter {
  #longestMs = 0;
  #lastMs = performance.now();
  #lastCount: number;
  readonly #writers: readonly Writer[];
  readonly #timer: NodeJS.Timeout;

  constructor(writers: readonly Writer[]) {
    this.#writers = writers;
    this.#lastCount = this.#count();
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** Since this was last asked. */
  takeMs(): number {
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return Math.round(longestMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    const count = this.#count();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    if (count === this.#lastCount) return;
    this.#lastCount = count;
    this.#lastMs = nowMs;
  }

  #count(): number {
    return this.#writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }
}
