import type { Chain } from "@kith/chain/chain";

import { demandDoubtMs, demandLookMs, demandReviewsMax } from "./limits.ts";
import { firstActionOf, type Pool, type PoolEntry } from "./pool.ts";
import type { ClockPort } from "./ports.ts";
import type { SenderWork } from "./sender-work.ts";
import type { Wait } from "./waiting-senders.ts";

type DemandPorts = {
  readonly chain: Pick<Chain, "checkAdmission">;
  readonly pool: Pool;
  readonly work: Pick<SenderWork, "roomFor">;
  readonly clock: ClockPort;
  /** Whether a leader can be given up for what it does not order. */
  readonly isWatched: () => boolean;
  readonly tell: (sinceMs: number | undefined) => void;
};

/**
 * Tells the core since when something has waited that an honest leader would have ordered (decision 0141). Looked at now and then and by
 * sender, so that a transaction costs nothing, and bad clients depose nobody: a sender that is served in its turn does not
 * wait, nor one that has to rest, and what has waited for long counts only while this node itself would still admit it.
 */
export class Demand {
  readonly #ports: DemandPorts;
  /** When each of those that have waited for long was last found good. */
  readonly #reviewedMs = new WeakMap<PoolEntry, number>();
  #told: number | undefined;
  #isLooking = false;

  constructor(ports: DemandPorts) {
    this.#ports = ports;
  }

  /** Called when something may have begun to wait. */
  watch(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#ports.clock.after(demandLookMs, () => {
      this.#isLooking = false;
      this.#look();
      if (this.#ports.pool.size > 0) this.watch();
    });
  }

  #look(): void {
    const sinceMs = this.#ports.isWatched() ? this.#oldest() : undefined;
    if (sinceMs === this.#told) return;
    this.#told = sinceMs;
    this.#ports.tell(sinceMs);
  }

  #oldest(): number | undefined {
    const nowMs = this.#ports.clock.now().monotonicMs;
    const found = this.#longestWaits(nowMs).find(({ entry }) => this.#isGood(entry, nowMs));
    return found?.sinceMs;
  }

  /** A few of them, longest first: whatever turns out to be bad leaves, and the others have their turn in the next look. */
  #longestWaits(nowMs: number): readonly Wait[] {
    const longest: Wait[] = [];
    for (const wait of this.#ports.pool.waits()) {
      if (nowMs - wait.sinceMs < demandDoubtMs || this.#rests(wait, nowMs)) continue;
      const at = longest.findLastIndex(({ sinceMs }) => sinceMs <= wait.sinceMs) + 1;
      if (at >= demandReviewsMax) continue;
      longest.splice(at, 0, wait);
      longest.length = Math.min(longest.length, demandReviewsMax);
    }
    return longest;
  }

  #rests({ entry }: Wait, nowMs: number): boolean {
    return this.#ports.work.roomFor(firstActionOf(entry.prepared), 0, nowMs) <= 0;
  }

  /** The state may have changed since it came: it expired, nobody pays for it any more, or it was executed already. */
  #isGood(entry: PoolEntry, nowMs: number): boolean {
    const { chain, pool, clock } = this.#ports;
    const reviewedMs = this.#reviewedMs.get(entry) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - reviewedMs < demandDoubtMs) return true;
    const admitted = chain.checkAdmission(entry.prepared, clock.now().wallMicros);
    if (admitted.ok) this.#reviewedMs.set(entry, nowMs);
    else pool.settle(entry.prepared.id, { kind: "refused", error: admitted.error });
    return admitted.ok;
  }
}
