import { quotaWindowSeconds } from "../limits.ts";
import type { Rows } from "../overlay.ts";
import { BlockQuota } from "./block-quota.ts";
import { loadUsage } from "./usage-rows.ts";
import { UsageWindow } from "./usage-window.ts";

const secondsBetweenSweeps = 60;

/** What accounts used in the blocks that are in the store. */
export class Quotas {
  readonly #rows: Rows;
  #window: UsageWindow | undefined;
  #sweptAt = 0;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** For a block of this time, in microseconds since the Unix epoch. */
  open(time: number): BlockQuota {
    const second = secondOf(time);
    this.#window ??= loadUsage(this.#rows, second);
    return new BlockQuota(this.#window, second);
  }

  /** The block is in the store. */
  commit({ used }: BlockQuota, time: number): void {
    const second = secondOf(time);
    const window = (this.#window ??= new UsageWindow(quotaWindowSeconds));
    for (const [account, usage] of used) window.add(account, second, usage);
    if (second < this.#sweptAt + secondsBetweenSweeps) return;
    this.#sweptAt = second;
    window.sweep(second);
  }

  /** The store went back, or holds another state. */
  reset(): void {
    this.#window = undefined;
  }
}

export function secondOf(time: number): number {
  return Math.floor(time / 1_000_000);
}
