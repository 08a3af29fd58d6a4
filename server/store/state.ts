import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf } from "@kith/protocol/ids";
import type { BlockNum, TransactionId } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import { ByteCache } from "./byte-cache.ts";
import { Checkpointer } from "./checkpointer.ts";
import { latin1Of } from "./latin1.ts";
import { appliedRecordsMax, stateCacheBytesMax, stateWalFramesMax } from "./limits.ts";
import { migrate } from "./migrate.ts";
import type { MigrateError } from "./migrate.ts";
import { SpaceTables } from "./space-tables.ts";
import { bytesOf, Connection, errorCodeOf, errorMessageOf, numberOf, textOf } from "./sqlite.ts";
import type { SqlRow, Statement } from "./sqlite.ts";
import type {
  Applied,
  KeyedRow,
  RowAddress,
  RowRange,
  Space,
  StateStore,
  StoredReceipt,
} from "./state-store.ts";
import { storeBrokenOf } from "./store-broken.ts";
import type { StoreBroken } from "./store-broken.ts";
import { WalIndex } from "./wal-index.ts";

export type OpenStateError =
  | MigrateError
  /** state.db is damaged. It holds nothing that the log and the peers do not: it may be deleted and is made again. */
  | { readonly code: "state-unreadable"; readonly sqliteCode: string; readonly message: string };

export type OpenedState = StateStore & {
  /** The height that a power cut cannot take back any more; blocks up to it may leave the log. */
  durableNum(): BlockNum;
  /** Brings everything that is committed now to the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

export type OpenStateOptions = {
  readonly folder: string;
  /** Told once when the disk fails behind the scenes; the node stops. */
  readonly onBroken: (broken: StoreBroken) => void;
};

/** Opens (or makes) `state.db`: what final blocks produce. Writes that fail throw `StoreBroken`. */
export function openState(options: OpenStateOptions): Result<OpenedState, OpenStateError> {
  mkdirSync(options.folder, { recursive: true });
  const path = join(options.folder, "state.db");
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
    return ok(new State(path, connection, options));
  } catch (error) {
    const sqliteCode = errorCodeOf(error);
    return err({ code: "state-unreadable", sqliteCode, message: errorMessageOf(error) });
  }
}

const pageCacheKib = 32 * 1024;

class State implements OpenedState {
  private readonly connection: Connection;
  private readonly walIndex: WalIndex;
  private readonly checkpointer: Checkpointer;
  private readonly tables: SpaceTables;
  private readonly statements: StateStatements;
  /** A statement takes about 3.5 us, finding a value here 0.3 us. */
  private readonly rowCache = new ByteCache(stateCacheBytesMax);
  private readonly nodeCache = new ByteCache(stateCacheBytesMax);
  private readonly history = new Map<BlockNum, Applied>();
  private last: Applied | undefined;
  private durable: BlockNum = blockNumOf(0);
  private open = false;

  constructor(path: string, connection: Connection, options: OpenStateOptions) {
    this.connection = connection;
    this.tables = new SpaceTables(connection);
    this.statements = prepareStatements(connection);
    this.readHistory();
    this.walIndex = new WalIndex(path);
    this.checkpointer = new Checkpointer({
      databasePath: path,
      writer: connection,
      walIndex: this.walIndex,
      framesMax: stateWalFramesMax,
      onBroken: (error) => options.onBroken(storeBrokenOf("state.db", error)),
    });
  }

  getRow({ service, space, key }: RowAddress): Uint8Array | undefined {
    const table = this.tables.find(service, space);
    if (table === undefined) return undefined;
    const cacheKey = table.letter + latin1Of(key);
    const cached = this.rowCache.get(cacheKey);
    if (cached !== undefined) return cached;
    const row = table.get(key);
    if (row !== undefined) this.rowCache.set(cacheKey, row);
    return row;
  }

  rangeRows(range: RowRange): readonly KeyedRow[] {
    return this.tables.find(range.service, range.space)?.range(range) ?? [];
  }

  putRow({ service, space, key }: RowAddress, row: Uint8Array): void {
    this.write(() => {
      const table = this.tables.findOrCreate(service, space);
      table.put(key, row);
      this.rowCache.set(table.letter + latin1Of(key), row.slice());
    });
  }

  removeRow({ service, space, key }: RowAddress): void {
    this.write(() => {
      const table = this.tables.find(service, space);
      if (table === undefined) return;
      table.remove(key);
      this.rowCache.delete(table.letter + latin1Of(key));
    });
  }

  begin(): void {
    if (this.open) throw new Error("begin inside of an open transaction");
    this.open = true;
    this.write(() => {
      this.checkpointer.beforeWrite();
      this.connection.exec("BEGIN IMMEDIATE");
    });
  }

  commit(applied: Applied): void {
    const { num, id, time, stateRoot, eventRoot } = applied;
    const slot = num % appliedRecordsMax;
    this.write(() => {
      this.statements.putApplied.run(slot, num, id, time, stateRoot, eventRoot);
      this.connection.exec("COMMIT");
    });
    this.open = false;
    this.remember(applied);
    this.checkpointer.afterWrite();
  }

  abandon(): void {
    this.write(() => this.connection.exec("ROLLBACK"));
    this.open = false;
    this.tables.forget();
    this.forgetCached();
    if (this.last === undefined) this.readHistory();
  }

  applied(): Applied | undefined {
    return this.last;
  }

  appliedAt(num: BlockNum): Applied | undefined {
    return this.history.get(num);
  }

  getTreeNode(path: Uint8Array): Uint8Array | undefined {
    const cacheKey = latin1Of(path);
    const cached = this.nodeCache.get(cacheKey);
    if (cached !== undefined) return cached;
    const found = this.statements.getNode.get(path);
    if (found === undefined) return undefined;
    const node = bytesOf(found[0]);
    this.nodeCache.set(cacheKey, node);
    return node;
  }

  putTreeNode(path: Uint8Array, node: Uint8Array): void {
    this.write(() => {
      this.statements.putNode.run(path, node);
      this.nodeCache.set(latin1Of(path), node.slice());
    });
  }

  removeTreeNode(path: Uint8Array): void {
    this.write(() => {
      this.statements.removeNode.run(path);
      this.nodeCache.delete(latin1Of(path));
    });
  }

  getReceipt(id: TransactionId): Uint8Array | undefined {
    const found = this.statements.getReceipt.get(bytesOfTrustedHex(id));
    return found === undefined ? undefined : bytesOf(found[0]);
  }

  putReceipt(id: TransactionId, { blockNum, expirationSeconds, bytes }: StoredReceipt): void {
    this.write(() =>
      this.statements.putReceipt.run(bytesOfTrustedHex(id), blockNum, expirationSeconds, bytes),
    );
  }

  pruneReceipts(expiredBeforeSeconds: number): void {
    this.write(() => this.statements.pruneReceipts.run(expiredBeforeSeconds));
  }

  listSpaces(): readonly Space[] {
    return this.tables.list();
  }

  clear(): void {
    this.write(() => {
      this.tables.clear();
      this.connection.exec("DELETE FROM tree_nodes; DELETE FROM receipts; DELETE FROM applied");
    });
    this.forgetCached();
    this.history.clear();
    this.last = undefined;
  }

  durableNum(): BlockNum {
    return this.durable;
  }

  async flush(): Promise<void> {
    const num = this.last?.num ?? this.durable;
    if (await this.checkpointer.start()) this.durable = num;
  }

  async close(): Promise<void> {
    await this.checkpointer.close();
    this.connection.close();
    this.walIndex.close();
  }

  private write(run: () => void): void {
    if (!this.open) throw new Error("a write to the state outside of begin and commit");
    try {
      run();
    } catch (error) {
      throw storeBrokenOf("state.db", error);
    }
  }

  private forgetCached(): void {
    this.rowCache.clear();
    this.nodeCache.clear();
  }

  private readHistory(): void {
    this.history.clear();
    this.last = undefined;
    for (const row of this.statements.listApplied.all()) this.remember(appliedOf(row));
  }

  private remember(applied: Applied): void {
    this.last = applied;
    this.history.delete(applied.num);
    this.history.set(applied.num, applied);
    for (const num of this.history.keys()) {
      if (this.history.size <= appliedRecordsMax) break;
      this.history.delete(num);
    }
  }
}

type StateStatements = Readonly<
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

function prepareStatements(connection: Connection): StateStatements {
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
    getReceipt: connection.prepare("SELECT bytes FROM receipts WHERE id = ?"),
    putReceipt: connection.prepare("INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?)"),
    pruneReceipts: connection.prepare("DELETE FROM receipts WHERE expiration_seconds < ?"),
  };
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
