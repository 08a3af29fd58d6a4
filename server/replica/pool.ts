import type { TransactionId } from "@kith/protocol/ids";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { poolBytesMax, poolTransactionsMax } from "./limits.ts";
import type { OnOutcome, SubmitOutcome } from "./outcome.ts";

/** A transaction that was admitted here and is not executed yet. */
export type PoolEntry = {
  readonly prepared: PreparedTransaction;
  /** Clients of this node that wait for the outcome. */
  readonly waiting: OnOutcome[];
  /** `queued`: for the next block; `proposed`: in a block that is not final; `passed`: with the leader. */
  stage: "queued" | "proposed" | "passed";
  readonly addedMs: number;
  /** When it was last passed to a leader, monotonic milliseconds. */
  passedMs: number;
};

/** The admitted transactions in the order of their arrival, bounded in number and bytes. */
export class Pool {
  readonly #entries = new Map<TransactionId, PoolEntry>();
  /** Ids in stage `queued`, in order from `#first`; may hold ids that left that stage. */
  #queue: TransactionId[] = [];
  #first = 0;
  #bytes = 0;
  #queuedBytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get(id: TransactionId): PoolEntry | undefined {
    return this.#entries.get(id);
  }

  entries(): Iterable<PoolEntry> {
    return this.#entries.values();
  }

  hasRoomFor(bytes: number): boolean {
    return this.#entries.size < poolTransactionsMax && this.#bytes + bytes <= poolBytesMax;
  }

  add(entry: PoolEntry): void {
    this.#entries.set(entry.prepared.id, entry);
    this.#bytes += entry.prepared.bytes.length;
    if (entry.stage === "queued") this.#enqueue(entry);
  }

  /** Puts an entry (back) into the queue for the next block. */
  requeue(entry: PoolEntry): void {
    if (entry.stage === "queued") return;
    entry.stage = "queued";
    this.#enqueue(entry);
  }

  markPassed(entry: PoolEntry, nowMs: number): void {
    if (entry.stage === "queued") this.#queuedBytes -= entry.prepared.bytes.length;
    entry.stage = "passed";
    entry.passedMs = nowMs;
    this.#skipSettled();
  }

  /** The oldest queued transactions that fit; they stay queued until `markProposed`. */
  nextBatch(bytesMax: number, countMax: number): PoolEntry[] {
    const batch = new Set<PoolEntry>();
    let bytes = 0;
    for (let at = this.#first; at < this.#queue.length && batch.size < countMax; at++) {
      const id = this.#queue[at];
      const entry = id === undefined ? undefined : this.#entries.get(id);
      // Whoever left the queue and came back is in it twice.
      if (entry?.stage !== "queued" || batch.has(entry)) continue;
      bytes += entry.prepared.bytes.length;
      if (bytes > bytesMax && batch.size > 0) break;
      batch.add(entry);
    }
    return [...batch];
  }

  markProposed(batch: readonly PoolEntry[]): void {
    for (const entry of batch) {
      entry.stage = "proposed";
      this.#queuedBytes -= entry.prepared.bytes.length;
    }
    this.#skipSettled();
  }

  /** Takes an entry out and tells whoever waits for it. */
  settle(id: TransactionId, outcome: SubmitOutcome): void {
    const entry = this.remove(id);
    if (entry === undefined) return;
    for (const tell of entry.waiting) tell(outcome);
  }

  remove(id: TransactionId): PoolEntry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    this.#bytes -= entry.prepared.bytes.length;
    if (entry.stage === "queued") this.#queuedBytes -= entry.prepared.bytes.length;
    return entry;
  }

  #skipSettled(): void {
    while (this.#first < this.#queue.length) {
      const id = this.#queue[this.#first];
      if (id !== undefined && this.#entries.get(id)?.stage === "queued") break;
      this.#first++;
    }
    if (this.#first < 1024 && this.#first < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#first);
    this.#first = 0;
  }

  #enqueue(entry: PoolEntry): void {
    this.#queue.push(entry.prepared.id);
    this.#queuedBytes += entry.prepared.bytes.length;
  }
}
