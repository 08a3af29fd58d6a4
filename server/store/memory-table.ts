import { latin1Of } from "@kith/protocol/hashes";
import type { TransactionId } from "@kith/protocol/ids";

import { SortedList } from "./sorted-list.ts";
import type { KeyedRow, RowRange, Space, StoredReceipt } from "./state-store.ts";
import type { Undo } from "./undo-log.ts";

/** The rows of one space, by key and in order. */
export class MemoryTable {
  readonly rows = new Map<string, KeyedRow>();
  readonly space: Space;
  private readonly order = new SortedList();

  constructor(space: Space) {
    this.space = space;
  }

  set(keyText: string, entry: KeyedRow | undefined): Undo | undefined {
    const before = this.rows.get(keyText);
    if (entry === undefined && before === undefined) return undefined;
    if (entry === undefined) {
      this.rows.delete(keyText);
      this.order.remove(keyText);
    } else {
      this.rows.set(keyText, entry);
      if (before === undefined) this.order.add(keyText);
    }
    return () => void this.set(keyText, before);
  }

  range({ from, to, reverse, limit }: RowRange): readonly KeyedRow[] {
    const found: KeyedRow[] = [];
    const fromText = from === undefined ? "" : latin1Of(from);
    const toText = to === undefined ? undefined : latin1Of(to);
    const keys = reverse ? this.order.descending(toText) : this.order.ascending(fromText);
    for (const keyText of keys) {
      if (found.length >= limit) break;
      if (reverse ? keyText < fromText : toText !== undefined && keyText >= toText) break;
      const entry = this.rows.get(keyText);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }
}

/** Receipts by id, and ids by the second in which they may be forgotten. */
export class MemoryReceipts {
  readonly byId = new Map<TransactionId, StoredReceipt>();
  private readonly idsByExpiration = new Map<number, Set<TransactionId>>();

  set(id: TransactionId, receipt: StoredReceipt | undefined): Undo {
    const before = this.byId.get(id);
    if (before !== undefined) this.forgetExpiration(id, before.expirationSeconds);
    if (receipt === undefined) this.byId.delete(id);
    else {
      this.byId.set(id, receipt);
      const ids = this.idsByExpiration.get(receipt.expirationSeconds) ?? new Set();
      this.idsByExpiration.set(receipt.expirationSeconds, ids.add(id));
    }
    return () => void this.set(id, before);
  }

  expiredBefore(seconds: number): readonly TransactionId[] {
    return [...this.idsByExpiration]
      .filter(([expiration]) => expiration < seconds)
      .flatMap(([, ids]) => [...ids]);
  }

  private forgetExpiration(id: TransactionId, expirationSeconds: number): void {
    const ids = this.idsByExpiration.get(expirationSeconds);
    ids?.delete(id);
    if (ids?.size === 0) this.idsByExpiration.delete(expirationSeconds);
  }
}
