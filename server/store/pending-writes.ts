import { latin1Of } from "@kith/protocol/hashes";
import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { TableDeclaration } from "@kith/protocol/table-columns";

import { BySpace } from "./by-space.ts";
import { PendingTable } from "./pending-table.ts";
import type { Applied, RowAddress, StoredReceipt } from "./state-store.ts";
import { setEntry, type Undo } from "./undo-log.ts";

/** What a tree node is now; without `node` it is gone. */
export type NodeChange = { readonly path: Uint8Array; readonly node: Uint8Array | undefined };

/** What an entry takes besides its bytes, roughly. */
const entryBytes = 150;

/** What the blocks of a while changed, each place once, before it is in the file. */
export class PendingWrites {
  readonly tables = new BySpace<PendingTable>();
  readonly nodes = new Map<string, NodeChange>();
  readonly receipts = new Map<TransactionId, StoredReceipt>();
  /** What the tables of services have become. */
  readonly declarations = new Map<AccountName, TableDeclaration>();
  /** One for each block, oldest first. */
  readonly applied: Applied[] = [];
  /** Receipts in the file that expire before this second are gone. */
  prunedBeforeSeconds = 0;
  /** About what all of this takes in memory. */
  sizeBytes = 0;

  table(service: AccountName, space: number): PendingTable {
    const known = this.tables.get(service, space);
    if (known !== undefined) return known;
    const table = new PendingTable({ service, space });
    this.tables.set(service, space, table);
    return table;
  }

  setRow({ service, space, key }: RowAddress, row: Uint8Array | undefined): Undo {
    this.grow(key.length + (row?.length ?? 0));
    const change = { key: key.slice(), row: row?.slice() };
    return this.table(service, space).set(latin1Of(key), change);
  }

  setNode(path: Uint8Array, node: Uint8Array | undefined): Undo | undefined {
    this.grow(path.length + (node?.length ?? 0));
    return setEntry(this.nodes, latin1Of(path), { path: path.slice(), node: node?.slice() });
  }

  setReceipt(id: TransactionId, receipt: StoredReceipt): Undo | undefined {
    this.grow(receipt.bytes.length);
    return setEntry(this.receipts, id, { ...receipt, bytes: receipt.bytes.slice() });
  }

  pruneReceipts(expiredBeforeSeconds: number): Undo {
    const before = this.prunedBeforeSeconds;
    const dropped = [...this.receipts].filter(
      ([, { expirationSeconds }]) => expirationSeconds < expiredBeforeSeconds,
    );
    for (const [id] of dropped) this.receipts.delete(id);
    this.prunedBeforeSeconds = Math.max(before, expiredBeforeSeconds);
    return () => {
      this.prunedBeforeSeconds = before;
      for (const [id, receipt] of dropped) this.receipts.set(id, receipt);
    };
  }

  private grow(bytes: number): void {
    this.sizeBytes += bytes + entryBytes;
  }
}
