import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { FairQueue } from "./fair-queue.ts";
import {
  poolBytesMax,
  poolSenderBytesMax,
  poolSenderTransactionsMax,
  poolTransactionsMax,
} from "./limits.ts";
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

export type BatchLimits = {
  readonly bytesMax: number;
  readonly countMax: number;
  /** Of one sender: what the others wait for it. */
  readonly eachMax: number;
  /** How many more may go of the sender of this action, who has so many in blocks that are not executed. */
  readonly roomFor?: (first: Action, proposed: number) => number;
};

/** What of one sender is here; `proposed` of it stands in blocks that are not executed. */
type Held = { readonly count: number; readonly bytes: number; readonly proposed: number };

/** The admitted transactions, bounded in number and bytes, also those of one sender. */
export class Pool {
  readonly #entries = new Map<TransactionId, PoolEntry>();
  /** Ids in stage `queued`; may hold ids that left that stage, and some twice. */
  readonly #queue = new FairQueue();
  readonly #bySender = new Map<AccountName, Held>();
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

  hasRoomFor(prepared: PreparedTransaction): boolean {
    const { length } = prepared.bytes;
    if (this.#entries.size >= poolTransactionsMax || this.#bytes + length > poolBytesMax) {
      return false;
    }
    const { count, bytes } = this.#heldOf(senderOf(prepared));
    return count < poolSenderTransactionsMax && bytes + length <= poolSenderBytesMax;
  }

  add(entry: PoolEntry): void {
    this.#entries.set(entry.prepared.id, entry);
    this.#bytes += entry.prepared.bytes.length;
    this.#count(entry.prepared, { count: 1, bytes: entry.prepared.bytes.length });
    if (entry.stage === "queued") this.#enqueue(entry);
  }

  /** Puts an entry (back) into the queue for the next block. */
  requeue(entry: PoolEntry): void {
    if (entry.stage === "queued") return;
    if (entry.stage === "proposed") this.#count(entry.prepared, { proposed: -1 });
    entry.stage = "queued";
    this.#enqueue(entry);
  }

  markPassed(entry: PoolEntry, nowMs: number): void {
    if (entry.stage === "queued") this.#queuedBytes -= entry.prepared.bytes.length;
    if (entry.stage === "proposed") this.#count(entry.prepared, { proposed: -1 });
    entry.stage = "passed";
    entry.passedMs = nowMs;
    this.#skipSettled([senderOf(entry.prepared)]);
  }

  /** Queued transactions that fit, those of all senders in turn; they stay queued until `markProposed`. */
  nextBatch({ bytesMax, countMax, eachMax, roomFor }: BatchLimits): PoolEntry[] {
    const batch = new Set<PoolEntry>();
    const roomLeft = new Map<AccountName, number>();
    let bytes = 0;
    for (const id of this.#queue.inTurn(eachMax)) {
      const entry = this.#entries.get(id);
      // Whoever left the queue and came back is in it twice.
      if (entry?.stage !== "queued" || batch.has(entry)) continue;
      if (roomFor !== undefined) {
        const first = firstActionOf(entry.prepared);
        const { sender } = first;
        const room = roomLeft.get(sender) ?? roomFor(first, this.#heldOf(sender).proposed);
        roomLeft.set(sender, room - 1);
        if (room <= 0) continue;
      }
      bytes += entry.prepared.bytes.length;
      if (bytes > bytesMax && batch.size > 0) break;
      batch.add(entry);
      if (batch.size >= countMax) break;
    }
    return [...batch];
  }

  markProposed(batch: readonly PoolEntry[]): void {
    for (const entry of batch) {
      entry.stage = "proposed";
      this.#count(entry.prepared, { proposed: 1 });
      this.#queuedBytes -= entry.prepared.bytes.length;
    }
    const senders = new Set(batch.map(({ prepared }) => senderOf(prepared)));
    this.#skipSettled(senders);
    this.#queue.rotate(senders);
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
    const proposed = entry.stage === "proposed" ? -1 : 0;
    this.#count(entry.prepared, { count: -1, bytes: -entry.prepared.bytes.length, proposed });
    if (entry.stage === "queued") this.#queuedBytes -= entry.prepared.bytes.length;
    return entry;
  }

  #skipSettled(senders: Iterable<AccountName>): void {
    const waits = (id: TransactionId): boolean => this.#entries.get(id)?.stage === "queued";
    for (const sender of senders) this.#queue.skip(sender, waits);
  }

  #heldOf(sender: AccountName): Held {
    return this.#bySender.get(sender) ?? nothing;
  }

  #count(
    prepared: PreparedTransaction,
    { count = 0, bytes = 0, proposed = 0 }: Partial<Held>,
  ): void {
    const sender = senderOf(prepared);
    const held = this.#heldOf(sender);
    if (held.count + count === 0) return void this.#bySender.delete(sender);
    this.#bySender.set(sender, {
      count: held.count + count,
      bytes: held.bytes + bytes,
      proposed: held.proposed + proposed,
    });
  }

  #enqueue(entry: PoolEntry): void {
    this.#queue.push(senderOf(entry.prepared), entry.prepared.id);
    this.#queuedBytes += entry.prepared.bytes.length;
  }
}

const nothing: Held = { count: 0, bytes: 0, proposed: 0 };

/** Whose line a transaction stands in. */
function senderOf(prepared: PreparedTransaction): AccountName {
  return firstActionOf(prepared).sender;
}

/** One without actions is never admitted. */
export function firstActionOf({ transaction }: PreparedTransaction): Action {
  const [first] = transaction.actions;
  if (first === undefined) throw new TypeError("a transaction without actions was admitted");
  return first;
}
