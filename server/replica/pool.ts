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
import { WaitingSenders, type Wait } from "./waiting-senders.ts";

/** A transaction that was admitted here and is not executed yet. */
export type PoolEntry = {
  readonly prepared: PreparedTransaction;
  /** Clients of this node that wait for the outcome. */
  readonly waiting: OnOutcome[];
  /** It came from a client of this node, which sees to it that it reaches whoever leads. */
  isOwn: boolean;
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

/** The admitted transactions, bounded in number and bytes, also those of one sender. */
export class Pool {
  readonly #entries = new Map<TransactionId, PoolEntry>();
  /** Ids in stage `queued`; may hold ids that left that stage, and some twice. */
  readonly #queue = new FairQueue();
  readonly #senders = new WaitingSenders();
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
    const sender = senderOf(prepared);
    const bytes = this.#senders.bytesOf(sender) + length;
    return this.#senders.countOf(sender) < poolSenderTransactionsMax && bytes <= poolSenderBytesMax;
  }

  add(entry: PoolEntry): void {
    this.#entries.set(entry.prepared.id, entry);
    this.#bytes += entry.prepared.bytes.length;
    this.#senders.add(senderOf(entry.prepared), entry);
    if (entry.stage === "queued") this.#enqueue(entry);
  }

  /** Puts an entry (back) into the queue for the next block. */
  requeue(entry: PoolEntry): void {
    if (entry.stage === "queued") return;
    if (entry.stage === "proposed") this.#senders.addProposed(senderOf(entry.prepared), -1);
    entry.stage = "queued";
    this.#enqueue(entry);
  }

  markPassed(entry: PoolEntry, nowMs: number): void {
    if (entry.stage === "queued") this.#queuedBytes -= entry.prepared.bytes.length;
    if (entry.stage === "proposed") this.#senders.addProposed(senderOf(entry.prepared), -1);
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
        const room = roomLeft.get(sender) ?? roomFor(first, this.#senders.proposedOf(sender));
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
      this.#senders.addProposed(senderOf(entry.prepared), 1);
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

  /** It stands in an executed block: its sender is not held back. */
  noteExecuted(prepared: PreparedTransaction, nowMs: number): void {
    const addedMs = this.#entries.get(prepared.id)?.addedMs;
    this.#senders.served(senderOf(prepared), nowMs, addedMs);
  }

  /** For each sender that has something in no block, the oldest of it. */
  waits(): Iterable<Wait> {
    return this.#senders.waits();
  }

  remove(id: TransactionId): PoolEntry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    this.#bytes -= entry.prepared.bytes.length;
    this.#senders.remove(senderOf(entry.prepared), entry);
    if (entry.stage === "queued") this.#queuedBytes -= entry.prepared.bytes.length;
    return entry;
  }

  #skipSettled(senders: Iterable<AccountName>): void {
    const waits = (id: TransactionId): boolean => this.#entries.get(id)?.stage === "queued";
    for (const sender of senders) this.#queue.skip(sender, waits);
  }

  #enqueue(entry: PoolEntry): void {
    this.#queue.push(senderOf(entry.prepared), entry.prepared.id);
    this.#queuedBytes += entry.prepared.bytes.length;
  }
}

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
