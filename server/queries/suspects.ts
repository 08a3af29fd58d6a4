import type { AccountName } from "@kith/protocol/ids";

import { suspectMs, suspectsMax } from "./limits.ts";

/** Services that ran into the deadline lately. */
export class Suspects {
  /** Until when; who was added last stands last. */
  private readonly until = new Map<AccountName, number>();

  add(service: AccountName, nowMs: number): void {
    this.until.delete(service);
    this.until.set(service, nowMs + suspectMs);
    for (const [oldest, untilMs] of this.until) {
      if (untilMs > nowMs && this.until.size <= suspectsMax) break;
      this.until.delete(oldest);
    }
  }

  has(service: AccountName, nowMs: number): boolean {
    const untilMs = this.until.get(service);
    return untilMs !== undefined && untilMs > nowMs;
  }
}
