/** How much of the newest sample goes into the usual time. */
const newestShare = 1 / 8;
const openMax = 1_024;

/** How long this leader's blocks take from proposal to finality, smoothed. */
export class FinalityMeter {
  #open: { readonly num: number; readonly atMs: number }[] = [];
  #usualMs = 0;

  get usualMs(): number {
    return this.#usualMs;
  }

  proposed(num: number, nowMs: number): void {
    // Whatever was proposed at this height or above before was overruled.
    while ((this.#open.at(-1)?.num ?? 0) >= num) this.#open.pop();
    if (this.#open.length < openMax) this.#open.push({ num, atMs: nowMs });
  }

  reached(finalNum: number, nowMs: number): void {
    for (let first = this.#open[0]; first !== undefined; first = this.#open[0]) {
      if (first.num > finalNum) return;
      this.#open.shift();
      const tookMs = nowMs - first.atMs;
      this.#usualMs += (tookMs - this.#usualMs) * (this.#usualMs === 0 ? 1 : newestShare);
    }
  }
}
