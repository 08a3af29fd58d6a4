import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf } from "@kith/protocol/ids";
import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";
import type { TableDeclaration } from "@kith/protocol/table-columns";

import { Checkpointer } from "./checkpointer.ts";
import { appliedRecordsMax, stateWalFramesMax } from "./limits.ts";
import { migrate } from "./migrate.ts";
import type { MigrateError } from "./migrate.ts";
import { rowsInTurn } from "./rows-in-turn.ts";
import { SpaceTables } from "./space-tables.ts";
import { bytesOf, Connection, errorCodeOf, errorMessageOf, numberOf, textOf } from "./sqlite.ts";
import type { SqlRow, Statement } from "./sqlite.ts";
import type { Applied, KeyedRow, RowRange, Space, StoredReceipt } from "./state-store.ts";
import { storeBrokenOf } from "./store-broken.ts";
import { WalIndex } from "./wal-index.ts";

export type OpenStateError =
  | MigrateError
  /** state.db is damaged. It holds nothing that the log and the peers do not: it may be deleted and is made again. */
  | { readonly code: "state-unreadable"; readonly sqliteCode: string; readonly message: string };

/** Opens (or makes) `state.db`. `onBroken` hears of a checkpoint that failed. */
export function openSqlState(
  folder: string,
  onBroken: (error: unknown) => void,
): Result<SqlState, OpenStateError> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "state.db");
  try {
    const connection = new Connection(path);
    connection.pragma("journal_mode = WAL");
    connection.exec("PRAGMA synchronous = NORMAL");
    connection.exec("PRAGMA wal_autocheckpoint = 0");
    connection.exec(`PRAGMA cache_size = -${pageCacheKib}`);
    const migrated = migrate(connection, "state");
    if (!migrated.ok) {
      connection.close();
      return migrated;
    }
    return ok(new SqlState(path, connection, onBroken));
  } catch (error) {
    const sqliteCode = errorCodeOf(error);
    return err({ code: "state-unreadable", sqliteCode, message: errorMessageOf(error) });
  }
}

const pageCacheKib = 32 * 1024;

/** The rows, tree nodes, receipts and applied heights that are in the file. */
export class SqlState {
  private readonly connection: Connection;
  private readonly walIndex: WalIndex;
  private readonly checkpointer: Checkpointer;
  private readonly tables: SpaceTables;
  private readonly statements: StateStatements;
  private committedNum: BlockNum = blockNumOf(0);

  constructor(path: string, connection: Connection, onBroken: (error: unknown) => void) {
    this.connection = connection;
    this.tables = new SpaceTables(connection);
    this.statements = prepareStatements(connection);
    this.walIndex = new WalIndex(path);
    this.checkpointer = new Checkpointer({
      databasePath: path,
      writer: connection,
      walIndex: this.walIndex,
      framesMax: stateWalFramesMax,
      onBroken,
    });
  }

  /** The newest height that was committed since the file was opened. */
  get appliedNum(): BlockNum {
    return this.committedNum;
  }

  getRow(service: AccountName, space: number, key: Uint8Array): Uint8Array | undefined {
    return this.tables.find(service, space)?.get(key);
  }

  rangeRows(range: RowRange): readonly KeyedRow[] {
    return this.tables.find(range.service, range.space)?.range(range) ?? [];
  }

  /** The rows of a range, read as they are asked for. */
  rowsInTurn(range: RowRange): Iterator<KeyedRow> {
    return rowsInTurn(range, (part) => this.rangeRows(part));
  }

  getTreeNode(path: Uint8Array): Uint8Array | undefined {
    const found = this.statements.getNode.get(path);
    return found === undefined ? undefined : bytesOf(found[0]);
  }

  /** Unless it expires before `prunedBeforeSeconds`. */
  getReceipt(id: TransactionId, prunedBeforeSeconds: number): Uint8Array | undefined {
    const found = this.statements.getReceipt.get(bytesOfTrustedHex(id), prunedBeforeSeconds);
    return found === undefined ? undefined : bytesOf(found[0]);
  }

  /** Every space that has rows, by service and number. */
  listSpaces(): readonly Space[] {
    return this.tables.list();
  }

  /** The last applied heights, oldest first. */
  listApplied(): readonly Applied[] {
    return this.statements.listApplied.all().map(appliedOf);
  }

  begin(): void {
    this.write(() => {
      this.checkpointer.beforeWrite();
      this.connection.exec("BEGIN IMMEDIATE");
    });
  }

  putRow(service: AccountName, space: number, key: Uint8Array, row: Uint8Array): void {
    this.write(() => this.tables.findOrCreate(service, space).put(key, row));
  }

  removeRow(service: AccountName, space: number, key: Uint8Array): void {
    this.write(() => this.tables.find(service, space)?.remove(key));
  }

  /** The columns of a service's tables; `settle` follows when the rows that come with them are written. */
  declare(service: AccountName, declaration: TableDeclaration): void {
    this.write(() => this.tables.declare(service, declaration));
  }

  settle(): void {
    this.write(() => this.tables.settle());
  }

  declaredRevision(service: AccountName): string | undefined {
    return this.tables.declared.revisionOf(service);
  }

  putTreeNode(path: Uint8Array, node: Uint8Array): void {
    this.write(() => this.statements.putNode.run(path, node));
  }

  removeTreeNode(path: Uint8Array): void {
    this.write(() => this.statements.removeNode.run(path));
  }

  putReceipt(id: TransactionId, { blockNum, expirationSeconds, bytes }: StoredReceipt): void {
    this.write(() =>
      this.statements.putReceipt.run(bytesOfTrustedHex(id), blockNum, expirationSeconds, bytes),
    );
  }

  pruneReceipts(expiredBeforeSeconds: number): void {
    this.write(() => this.statements.pruneReceipts.run(expiredBeforeSeconds));
  }

  /** Forgets everything. Part of the open transaction. */
  clear(): void {
    this.write(() => {
      this.tables.clear();
      this.connection.exec("DELETE FROM tree_nodes; DELETE FROM receipts; DELETE FROM applied");
    });
  }

  commit(blocks: readonly Applied[]): void {
    this.write(() => {
      for (const block of blocks.slice(-appliedRecordsMax)) writeApplied(this.statements, block);
      this.connection.exec("COMMIT");
    });
    this.committedNum = blocks.at(-1)?.num ?? this.committedNum;
    this.checkpointer.afterWrite();
  }

  abandon(): void {
    this.write(() => this.connection.exec("ROLLBACK"));
    this.tables.forget();
  }

  /** Everything that was committed before the call is on the disk when this resolves with true. */
  checkpoint(): Promise<boolean> {
    return this.checkpointer.all();
  }

  /** Nothing reads or writes the file in the background any more when this resolves. */
  settleBackground(): Promise<void> {
    return this.checkpointer.close();
  }

  /** After `settleBackground`. */
  close(): void {
    this.connection.close();
    this.walIndex.close();
  }

  private write(run: () => void): void {
    try {
      run();
    } catch (error) {
      throw storeBrokenOf("state.db", error);
    }
  }
}

export type StateStatements = Readonly<
  Record<
    | "putApplied"
    | "listApplied"
    | "getNode"
    | "putNode"
    | "removeNode"
    | "getReceipt"
    | "putReceipt"
    | "pruneReceipts",
    Statement
  >
>;

export function prepareStatements(connection: Connection): StateStatements {
  return {
    putApplied: connection.prepare("INSERT OR REPLACE INTO applied VALUES (?, ?, ?, ?, ?, ?)"),
    listApplied: connection.prepare(
      "SELECT num, id, time, state_root, event_root FROM applied ORDER BY num",
    ),
    getNode: connection.prepare("SELECT node FROM tree_nodes WHERE path = ?"),
    putNode: connection.prepare(
      "INSERT INTO tree_nodes VALUES (?, ?) ON CONFLICT DO UPDATE SET node = excluded.node",
    ),
    removeNode: connection.prepare("DELETE FROM tree_nodes WHERE path = ?"),
    getReceipt: connection.prepare(
      "SELECT bytes FROM receipts WHERE id = ? AND expiration_seconds >= ?",
    ),
    putReceipt: connection.prepare("INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?)"),
    pruneReceipts: connection.prepare("DELETE FROM receipts WHERE expiration_seconds < ?"),
  };
}

export function writeApplied({ putApplied }: StateStatements, applied: Applied): void {
  const { num, id, time, stateRoot, eventRoot } = applied;
  putApplied.run(num % appliedRecordsMax, num, id, time, stateRoot, eventRoot);
}

export function appliedOf([num, id, time, stateRoot, eventRoot]: SqlRow): Applied {
  return {
    num: blockNumOf(numberOf(num)),
    id: blockIdOf(textOf(id)),
    time: numberOf(time),
    stateRoot: checksumOf(textOf(stateRoot)),
    eventRoot: checksumOf(textOf(eventRoot)),
  };
}
