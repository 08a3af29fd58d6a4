import type { AccountName, BlockId, BlockNum, Checksum, TransactionId } from "@kith/protocol/ids";
import type { TableDeclaration } from "@kith/protocol/table-columns";

/** One row of state: a service's table, addressed by the bytes of its key. Index entries are rows of their own. */
export type RowAddress = {
  readonly service: AccountName;
  /** The table's number times 16, plus the index's number (0: the rows themselves). */
  readonly space: number;
  readonly key: Uint8Array;
};

export type RowRange = {
  readonly service: AccountName;
  readonly space: number;
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit: number;
};

export type KeyedRow = { readonly key: Uint8Array; readonly row: Uint8Array };

export type RowReader = {
  getRow(address: RowAddress): Uint8Array | undefined;
  /** Ascending by key bytes (descending when `reverse`); `from` inclusive, `to` exclusive. */
  rangeRows(range: RowRange): readonly KeyedRow[];
};

export type Applied = {
  readonly num: BlockNum;
  readonly id: BlockId;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  readonly stateRoot: Checksum;
  readonly eventRoot: Checksum;
};

export type StoredReceipt = {
  readonly blockNum: BlockNum;
  readonly expirationSeconds: number;
  /** Packed Receipt. */
  readonly bytes: Uint8Array;
};

/** Where rows are: one space is one table (or one index) of one service. */
export type Space = { readonly service: AccountName; readonly space: number };

/**
 * The port that `chain` declares. One writer; everything between `begin` and `commit` counts, or nothing does. Bytes
 * given to `put…` are copied; bytes that are returned belong to the store and must not be changed.
 */
export type StateStore = RowReader & {
  putRow(address: RowAddress, row: Uint8Array): void;
  removeRow(address: RowAddress): void;
  begin(): void;
  commit(applied: Applied): void;
  abandon(): void;
  applied(): Applied | undefined;
  appliedAt(num: BlockNum): Applied | undefined;
  getTreeNode(path: Uint8Array): Uint8Array | undefined;
  putTreeNode(path: Uint8Array, node: Uint8Array): void;
  removeTreeNode(path: Uint8Array): void;
  getReceipt(id: TransactionId): Uint8Array | undefined;
  putReceipt(id: TransactionId, receipt: StoredReceipt): void;
  pruneReceipts(expiredBeforeSeconds: number): void;
  /**
   * What the tables of a service are from this block on. Rows are kept in columns then, and indexes are made from all
   * rows, also those of earlier blocks. Part of the open transaction.
   */
  declareTables(service: AccountName, declaration: TableDeclaration): void;
  declaredRevision(service: AccountName): string | undefined;
  /** Every space that has rows, by service and number. */
  listSpaces(): readonly Space[];
  /** Forgets everything, history included. Part of the open transaction. */
  clear(): void;
};
