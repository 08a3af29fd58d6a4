/** How much of the newest sample goes into the usual time. */
const newestShare = 1 / 8;
const openMax = 1_024;
/** Routes rarely become longer; what became longer is believed after so long. */
const leastSpanMs = 10 * 60_000;
const rateSpanMs = 10_000;
/** What takes no time at all by a coarse clock. */
const tookMsMin = 0.1;

type OpenBlock = {
  readonly num: number;
  readonly atMs: number;
  readonly sizeBytes: number;
  /** What had become final in all when it was proposed. */
  readonly doneBytes: number;
};

/** What this leader's blocks tell about the way to finality: how long it takes, and how much goes through it. */
export class FinalityMeter {
  #open: OpenBlock[] = [];
  #usualMs = 0;
  #openBytes = 0;
  #doneBytes = 0;
  readonly #least = new RecentBest(leastSpanMs, Math.min);
  readonly #rate = new RecentBest(rateSpanMs, Math.max);

  /** From proposal to finality, smoothed. */
  get usualMs(): number {
    return this.#usualMs;
  }

  /** The shortest of late: what blocks took beyond that, they waited for others. */
  get leastMs(): number {
    return this.#least.value ?? 0;
  }

  /** The most that became final of late while one block was on its way. */
  get bytesPerMs(): number {
    return this.#rate.value ?? 0;
  }

  /** Proposed and not final. */
  get openBytes(): number {
    return this.#openBytes;
  }

  proposed(num: number, nowMs: number, sizeBytes: number): void {
    // Whatever was proposed at this height or above before was overruled.
    while ((this.#open.at(-1)?.num ?? 0) >= num) this.#close(this.#open.pop());
    if (this.#open.length >= openMax) return;
    this.#open.push({ num, atMs: nowMs, sizeBytes, doneBytes: this.#doneBytes });
    this.#openBytes += sizeBytes;
  }

  /** The newest proposal was refused. */
  withdrawn(): void {
    this.#close(this.#open.pop());
  }

  reached(finalNum: number, nowMs: number): void {
    for (let first = this.#open[0]; first !== undefined; first = this.#open[0]) {
      if (first.num > finalNum) return;
      this.#close(this.#open.shift());
      this.#doneBytes += first.sizeBytes;
      const tookMs = nowMs - first.atMs;
      this.#usualMs += (tookMs - this.#usualMs) * (this.#usualMs === 0 ? 1 : newestShare);
      this.#least.note(tookMs, nowMs);
      const passedBytes = this.#doneBytes - first.doneBytes;
      this.#rate.note(passedBytes / Math.max(tookMs, tookMsMin), nowMs);
    }
  }

  #close(block: OpenBlock | undefined): void {
    this.#openBytes -= block?.sizeBytes ?? 0;
  }
}

/** The best of what was noted during the last one to two spans. */
class RecentBest {
  readonly #spanMs: number;
  readonly #better: (a: number, b: number) => number;
  #since = Number.NEGATIVE_INFINITY;
  #before: number | undefined;
  #current: number | undefined;

  constructor(spanMs: number, better: (a: number, b: number) => number) {
    this.#spanMs = spanMs;
    this.#better = better;
  }

  get value(): number | undefined {
    return this.#bestOf(this.#before, this.#current);
  }

  note(value: number, nowMs: number): void {
    const ageMs = nowMs - this.#since;
    if (ageMs >= this.#spanMs) {
      this.#before = ageMs < 2 * this.#spanMs ? this.#current : undefined;
      this.#current = undefined;
      this.#since = nowMs;
    }
    this.#current = this.#bestOf(this.#current, value);
  }

  #bestOf(a: number | undefined, b: number | undefined): number | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    return this.#better(a, b);
  }
}
