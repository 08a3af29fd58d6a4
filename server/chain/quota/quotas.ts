import type { AccountName } from "@kith/protocol/ids";

import { quotaWindowSeconds } from "../limits.ts";
import type { Rows } from "../overlay.ts";
import { BlockQuota } from "./block-quota.ts";
import { allowanceOf, sponsorOf } from "./quota-rules.ts";
import { loadUsage } from "./usage-rows.ts";
import type { Usage, UsageWindow } from "./usage-window.ts";

const secondsBetweenSweeps = 60;

/** For people: within the window that ends now. */
export type AccountQuota = {
  readonly windowSeconds: number;
  readonly used: Usage;
  /** Left out where nothing is limited. */
  readonly allowance?: Usage;
  readonly sponsor?: AccountName;
};

/** What accounts used in the blocks that are in the store. */
export class Quotas {
  readonly #rows: Rows;
  readonly #appliedTime: () => number;
  #window: UsageWindow | undefined;
  #sweptAt = 0;

  /** `appliedTime` is that of the last block in the store, in microseconds; no block comes before it. */
  constructor(rows: Rows, appliedTime: () => number) {
    this.#rows = rows;
    this.#appliedTime = appliedTime;
  }

  /** For a block of this time, in microseconds since the Unix epoch. */
  open(time: number): BlockQuota {
    const second = secondOf(time);
    return new BlockQuota(this.#loaded(), second);
  }

  /** The block is in the store. */
  commit({ used }: BlockQuota, time: number): void {
    const second = secondOf(time);
    const window = this.#loaded();
    for (const [account, usage] of used) {
      window.add(account, second, usage);
      window.forget(account, second);
    }
    if (second < this.#sweptAt + secondsBetweenSweeps) return;
    this.#sweptAt = second;
    window.sweep(second);
  }

  of(account: AccountName, time: number): AccountQuota {
    const second = secondOf(time);
    const allowance = allowanceOf(this.#rows, account);
    const sponsor = sponsorOf(this.#rows, account, { now: second * 1_000_000, claims: [] })?.by;
    return {
      windowSeconds: quotaWindowSeconds,
      used: this.#loaded().used(account, second),
      ...(allowance === undefined ? {} : { allowance: usageOf(allowance) }),
      ...(sponsor === undefined ? {} : { sponsor }),
    };
  }

  /** Not from whatever second is asked about: that may lie ahead of the blocks that are still to come. */
  #loaded(): UsageWindow {
    this.#window ??= loadUsage(this.#rows, secondOf(this.#appliedTime()));
    return this.#window;
  }

  /** The store went back, or holds another state. */
  reset(): void {
    this.#window = undefined;
  }
}

function usageOf({ fuel, storedBytes, carriedBytes }: Usage): Usage {
  return { fuel, storedBytes, carriedBytes };
}

export function secondOf(time: number): number {
  return Math.floor(time / 1_000_000);
}
