import { latin1Of } from "@kith/protocol/hashes";
import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";

import { AppliedHistory } from "./applied-history.ts";
import { MemoryReceipts, MemoryTable } from "./memory-table.ts";
import { compareSpaces } from "./space-tables.ts";
import type {
  Applied,
  KeyedRow,
  RowAddress,
  RowRange,
  Space,
  StateStore,
  StoredReceipt,
} from "./state-store.ts";
import { setEntry, UndoLog } from "./undo-log.ts";

/** A StateStore in memory: what `openState` does, without a file. For the simulator and for tests. */
export function memoryState(): StateStore {
  return new MemoryState();
}

class MemoryState implements StateStore {
  private readonly undo = new UndoLog();
  private readonly tables = new Map<string, MemoryTable>();
  private readonly nodes = new Map<string, Uint8Array>();
  private readonly receipts = new MemoryReceipts();
  private readonly history = new AppliedHistory();

  getRow({ service, space, key }: RowAddress): Uint8Array | undefined {
    return this.tables.get(tableName(service, space))?.rows.get(latin1Of(key))?.row;
  }

  rangeRows(range: RowRange): readonly KeyedRow[] {
    return this.tables.get(tableName(range.service, range.space))?.range(range) ?? [];
  }

  putRow({ service, space, key }: RowAddress, row: Uint8Array): void {
    this.undo.assertOpen();
    const name = tableName(service, space);
    const table = this.tables.get(name) ?? new MemoryTable({ service, space });
    this.tables.set(name, table);
    this.undo.push(table.set(latin1Of(key), { key: key.slice(), row: row.slice() }));
  }

  removeRow({ service, space, key }: RowAddress): void {
    this.undo.assertOpen();
    this.undo.push(this.tables.get(tableName(service, space))?.set(latin1Of(key), undefined));
  }

  begin(): void {
    this.undo.begin();
  }

  commit(applied: Applied): void {
    this.undo.commit();
    this.history.remember(applied);
  }

  abandon(): void {
    this.undo.abandon();
  }

  applied(): Applied | undefined {
    return this.history.last;
  }

  appliedAt(num: BlockNum): Applied | undefined {
    return this.history.at(num);
  }

  getTreeNode(path: Uint8Array): Uint8Array | undefined {
    return this.nodes.get(latin1Of(path));
  }

  putTreeNode(path: Uint8Array, node: Uint8Array): void {
    this.undo.assertOpen();
    this.undo.push(setEntry(this.nodes, latin1Of(path), node.slice()));
  }

  removeTreeNode(path: Uint8Array): void {
    this.undo.assertOpen();
    this.undo.push(setEntry(this.nodes, latin1Of(path), undefined));
  }

  getReceipt(id: TransactionId): Uint8Array | undefined {
    return this.receipts.byId.get(id)?.bytes;
  }

  putReceipt(id: TransactionId, receipt: StoredReceipt): void {
    this.undo.assertOpen();
    this.undo.push(this.receipts.set(id, { ...receipt, bytes: receipt.bytes.slice() }));
  }

  pruneReceipts(expiredBeforeSeconds: number): void {
    this.undo.assertOpen();
    for (const id of this.receipts.expiredBefore(expiredBeforeSeconds)) {
      this.undo.push(this.receipts.set(id, undefined));
    }
  }

  listSpaces(): readonly Space[] {
    return [...this.tables.values()]
      .filter((table) => table.rows.size > 0)
      .map((table) => table.space)
      .toSorted(compareSpaces);
  }

  clear(): void {
    this.undo.assertOpen();
    for (const table of this.tables.values()) {
      for (const keyText of table.rows.keys()) this.undo.push(table.set(keyText, undefined));
    }
    for (const path of this.nodes.keys()) this.undo.push(setEntry(this.nodes, path, undefined));
    for (const id of this.receipts.byId.keys()) this.undo.push(this.receipts.set(id, undefined));
    this.undo.push(this.history.clear());
  }
}

function tableName(service: AccountName, space: number): string {
  return `${service}/${space}`;
}
