import { latin1Of } from "@kith/protocol/hashes";
import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";
import type { TableDeclaration } from "@kith/protocol/table-columns";

import { AppliedHistory } from "./applied-history.ts";
import { MemoryReceipts, MemoryTable } from "./memory-table.ts";
import { compareSpaces, spacesOfTable } from "./space-tables.ts";
import type {
  Applied,
  KeyedRow,
  RowAddress,
  RowRange,
  Space,
  StateStore,
  StoredReceipt,
} from "./state-store.ts";
import { TypedRows } from "./tables/typed-rows.ts";
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
  private readonly declarations = new Map<AccountName, TableDeclaration>();

  getRow({ service, space, key }: RowAddress): Uint8Array | undefined {
    return this.tables.get(tableName(service, space))?.rows.get(latin1Of(key))?.row;
  }

  rangeRows(range: RowRange): readonly KeyedRow[] {
    return this.tables.get(tableName(range.service, range.space))?.range(range) ?? [];
  }

  putRow({ service, space, key }: RowAddress, row: Uint8Array): void {
    this.undo.assertOpen();
    const table = this.table(service, space);
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

  declareTables(service: AccountName, declaration: TableDeclaration): void {
    this.undo.assertOpen();
    const before = this.declarations.get(service)?.tables ?? [];
    const after = declaration.tables;
    this.undo.push(setEntry(this.declarations, service, declaration));
    for (const { number, columns } of before) {
      const next = after.find((table) => table.number === number);
      if (next === undefined) this.forgetIndexes(service, number, columns.keys.length);
    }
    for (const { number, columns } of after) {
      const old = before.find((table) => table.number === number);
      if (JSON.stringify(old?.columns) === JSON.stringify(columns)) continue;
      this.forgetIndexes(service, number, spacesOfTable);
      this.makeIndexes(service, number, new TypedRows(columns));
    }
  }

  declaredRevision(service: AccountName): string | undefined {
    return this.declarations.get(service)?.revision;
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
    for (const service of this.declarations.keys()) {
      this.undo.push(setEntry(this.declarations, service, undefined));
    }
    this.undo.push(this.history.clear());
  }

  private forgetIndexes(service: AccountName, number: number, count: number): void {
    for (let index = 1; index < count; index++) {
      const table = this.tables.get(tableName(service, number * spacesOfTable + index));
      for (const keyText of table?.rows.keys() ?? [])
        this.undo.push(table?.set(keyText, undefined));
    }
  }

  private makeIndexes(service: AccountName, number: number, rows: TypedRows): void {
    const primary = this.tables.get(tableName(service, number * spacesOfTable));
    for (const { key, row } of primary?.rows.values() ?? []) {
      const entries = rows.entriesOf(key, row);
      for (const [at, entry] of entries.entries()) {
        const table = this.table(service, number * spacesOfTable + at + 1);
        this.undo.push(table.set(latin1Of(entry), { key: entry, row: key }));
      }
    }
  }

  private table(service: AccountName, space: number): MemoryTable {
    const name = tableName(service, space);
    const table = this.tables.get(name) ?? new MemoryTable({ service, space });
    this.tables.set(name, table);
    return table;
  }
}

function tableName(service: AccountName, space: number): string {
  return `${service}/${space}`;
}
