import type { AccountName } from "@kith/protocol/ids";

import type { PoolEntry } from "./pool.ts";

/** What of one sender is here. */
type Held = {
  /** In the order in which they came. */
  readonly entries: Set<PoolEntry>;
  bytes: number;
  /** So many of them stand in blocks that are not executed. */
  proposed: number;
  /** When a transaction of this sender was last executed in its turn, monotonic milliseconds. */
  servedMs: number;
};

export type Wait = {
  /** The oldest transaction of the sender that is in no block. */
  readonly entry: PoolEntry;
  /** Since when the sender has waited for it, or for any before it. */
  readonly sinceMs: number;
};

/** A transaction that is executed so long before one that came earlier here has overtaken it. */
const overtakingMs = 1_000;

/** The transactions of the pool by sender. */
export class WaitingSenders {
  readonly #held = new Map<AccountName, Held>();

  countOf(sender: AccountName): number {
    return this.#held.get(sender)?.entries.size ?? 0;
  }

  bytesOf(sender: AccountName): number {
    return this.#held.get(sender)?.bytes ?? 0;
  }

  proposedOf(sender: AccountName): number {
    return this.#held.get(sender)?.proposed ?? 0;
  }

  add(sender: AccountName, entry: PoolEntry): void {
    let held = this.#held.get(sender);
    if (held === undefined) {
      held = { entries: new Set(), bytes: 0, proposed: 0, servedMs: Number.NEGATIVE_INFINITY };
      this.#held.set(sender, held);
    }
    held.entries.add(entry);
    held.bytes += entry.prepared.bytes.length;
    if (entry.stage === "proposed") held.proposed += 1;
  }

  /** While its stage is still what it was. */
  remove(sender: AccountName, entry: PoolEntry): void {
    const held = this.#held.get(sender);
    if (held === undefined || !held.entries.delete(entry)) return;
    held.bytes -= entry.prepared.bytes.length;
    if (entry.stage === "proposed") held.proposed -= 1;
    if (held.entries.size === 0) this.#held.delete(sender);
  }

  addProposed(sender: AccountName, count: 1 | -1): void {
    const held = this.#held.get(sender);
    if (held !== undefined) held.proposed += count;
  }

  /**
   * A transaction of this sender was executed; `addedMs` is when it came here, where it did. Whoever is served in turn is not held
   * back, however much it has sent; but one that came later does not speak for those that it has overtaken.
   */
  served(sender: AccountName, nowMs: number, addedMs: number | undefined): void {
    const held = this.#held.get(sender);
    if (held === undefined) return;
    const [oldest] = held.entries;
    const hasOvertaken =
      addedMs !== undefined && oldest !== undefined && addedMs > oldest.addedMs + overtakingMs;
    if (!hasOvertaken) held.servedMs = nowMs;
  }

  /** For each sender that has something in no block, the oldest of it. */
  *waits(): Generator<Wait> {
    for (const { entries, proposed, servedMs } of this.#held.values()) {
      if (proposed === entries.size) continue;
      const entry = firstOf(entries);
      if (entry !== undefined) yield { entry, sinceMs: Math.max(entry.addedMs, servedMs) };
    }
  }
}

function firstOf(entries: Iterable<PoolEntry>): PoolEntry | undefined {
  for (const entry of entries) if (entry.stage !== "proposed") return entry;
  return undefined;
}
