import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { TableDeclaration } from "@kith/protocol/table-columns";

import { stagedCacheKib, stagedRowsAtOnce, stagedSortBytes } from "../limits.ts";
import { migrate } from "../migrate.ts";
import { SpaceTables } from "../space-tables.ts";
import { prepareStatements, writeApplied, type StateStatements } from "../sql-state.ts";
import { Connection } from "../sqlite.ts";
import type {
  Applied,
  KeyedRow,
  RowAddress,
  RowRange,
  StateStore,
  StoredReceipt,
} from "../state-store.ts";
import { storeBrokenOf } from "../store-broken.ts";
import type { SpaceRows } from "../tables/space-rows.ts";
import { syncPath } from "../write-whole.ts";
import { ManyNodes } from "./many-nodes.ts";
import { RowSorter } from "./row-sorter.ts";
import { SpaceNumbers } from "./space-numbers.ts";

type StagedStateOptions = {
  /** Where the new `state.db` is made; whatever is there goes. */
  readonly folder: string;
  /** Services whose rows are written when they come, because the tables of all others follow from them. */
  readonly isNeededFirst: (service: AccountName) => boolean;
};

/** What a state that comes as a whole is written through. */
export type StagingState = Pick<
  StateStore,
  | "begin"
  | "clear"
  | "commit"
  | "abandon"
  | "getRow"
  | "rangeRows"
  | "putRow"
  | "putTreeNode"
  | "putReceipt"
  | "declareTables"
  | "declaredRevision"
>;

/**
 * A new `state.db` for a state that comes as a whole, its rows in any order. They are put in the order of their tables
 * before they are written, and indexes are made behind them. Nobody else has the file, and what a crash leaves of it is
 * thrown away: nothing of it is logged ahead, or can be undone. Throws `StoreBroken`.
 */
export class StagedState implements StagingState {
  readonly path: string;
  private readonly options: StagedStateOptions;
  private readonly connection: Connection;
  private readonly tables: SpaceTables;
  private readonly statements: StateStatements;
  private readonly sorter: RowSorter;
  private readonly nodes: ManyNodes;
  private readonly spaces = new SpaceNumbers();
  private isSettled = false;

  constructor(options: StagedStateOptions) {
    const { folder } = options;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.options = options;
    this.path = join(folder, "state.db");
    this.connection = new Connection(this.path);
    this.connection.pragma("journal_mode = OFF");
    this.connection.exec(`PRAGMA synchronous = OFF; PRAGMA cache_size = -${stagedCacheKib}`);
    migrate(this.connection, "state");
    this.tables = new SpaceTables(this.connection);
    this.statements = prepareStatements(this.connection);
    this.nodes = new ManyNodes(this.connection);
    this.sorter = new RowSorter({ path: join(folder, "rows"), memoryBytesMax: stagedSortBytes });
  }

  begin(): void {
    this.write(() => this.connection.exec("BEGIN"));
  }

  /** There is nothing yet. */
  clear(): void {}

  putRow({ service, space, key }: RowAddress, row: Uint8Array): void {
    this.write(() => {
      if (this.isSettled || this.options.isNeededFirst(service)) {
        this.tables.findOrCreate(service, space).put(key, row);
      } else {
        this.sorter.add({ key: this.spaces.sortKeyOf({ service, space }, key), value: row });
      }
    });
  }

  getRow({ service, space, key }: RowAddress): Uint8Array | undefined {
    this.settleFor(service);
    return this.tables.find(service, space)?.get(key);
  }

  rangeRows(range: RowRange): readonly KeyedRow[] {
    this.settleFor(range.service);
    return this.tables.find(range.service, range.space)?.range(range) ?? [];
  }

  putTreeNode(path: Uint8Array, node: Uint8Array): void {
    this.write(() => this.nodes.put(path, node));
  }

  putReceipt(id: TransactionId, { blockNum, expirationSeconds, bytes }: StoredReceipt): void {
    this.write(() =>
      this.statements.putReceipt.run(bytesOfTrustedHex(id), blockNum, expirationSeconds, bytes),
    );
  }

  declareTables(service: AccountName, declaration: TableDeclaration): void {
    this.write(() => this.tables.declare(service, declaration, true));
  }

  declaredRevision(service: AccountName): string | undefined {
    return this.tables.declared.revisionOf(service);
  }

  commit(applied: Applied): void {
    this.settle();
    this.write(() => {
      this.nodes.flush();
      this.tables.makeIndexes();
      writeApplied(this.statements, applied);
      this.connection.exec("COMMIT");
    });
  }

  /** What was written stays in the file, which is good for nothing then. */
  abandon(): void {
    this.connection.exec("COMMIT");
  }

  /** Everything is on the disk when this returns. */
  close(): void {
    this.sorter.close();
    this.connection.close();
    this.write(() => syncPath(this.path));
  }

  private settleFor(service: AccountName): void {
    if (!this.options.isNeededFirst(service)) this.settle();
  }

  /** Writes what was sorted; from here on rows are written when they come. */
  private settle(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.write(() => {
      this.tables.settle();
      let number = -1;
      let table: SpaceRows | undefined;
      let rows: KeyedRow[] = [];
      for (const { key, value } of this.sorter.sorted()) {
        const next = SpaceNumbers.numberOf(key);
        if (next !== number || rows.length === stagedRowsAtOnce) {
          table?.putAll(rows);
          rows = [];
        }
        if (next !== number) {
          const { service, space } = this.spaces.at(next);
          table = this.tables.findOrCreate(service, space);
          number = next;
        }
        rows.push({ key: SpaceNumbers.rowKeyOf(key), row: value });
      }
      table?.putAll(rows);
      this.sorter.close();
    });
  }

  private write(run: () => void): void {
    try {
      run();
    } catch (error) {
      throw storeBrokenOf("state.db", error);
    }
  }
}
