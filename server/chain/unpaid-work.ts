import {
  authorizationFuelMax,
  quickAuthorizationFuelMax,
  unpaidFuelMax,
  unpaidWindowSeconds,
} from "./limits.ts";

/**
 * What a node has done for transactions that were then refused before any block. It decides how long the next one is
 * looked at before it is admitted, never what a block does.
 */
export class UnpaidWork {
  #windowEnd = 0;
  #fuel = 0;

  /** For one question of a transaction that arrives now. */
  fuelFor(nowMicros: number): number {
    this.#roll(nowMicros);
    return this.#fuel < unpaidFuelMax ? authorizationFuelMax : quickAuthorizationFuelMax;
  }

  add(nowMicros: number, fuel: number): void {
    this.#roll(nowMicros);
    this.#fuel += fuel;
  }

  #roll(nowMicros: number): void {
    if (nowMicros < this.#windowEnd) return;
    this.#windowEnd = nowMicros + unpaidWindowSeconds * 1_000_000;
    this.#fuel = 0;
  }
}
