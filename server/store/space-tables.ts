import { brandAccountName, type AccountName } from "@kith/protocol/ids";
import type { TableDeclaration } from "@kith/protocol/table-columns";

import { BySpace } from "./by-space.ts";
import { numberOf, textOf, type Connection, type Statement } from "./sqlite.ts";
import type { Space } from "./state-store.ts";
import { BlobTable, createBlobTable } from "./tables/blob-table.ts";
import { quoted } from "./tables/column-names.ts";
import { DeclaredTables } from "./tables/declared-tables.ts";
import { spaceOf, type SpaceRows } from "./tables/space-rows.ts";
import { changeTables, dropEntries, makeIndexes, settleTables } from "./tables/table-changes.ts";
import { blobTableName, hasTable } from "./tables/table-names.ts";

/** Spaces of a table: its rows and up to fifteen indexes. */
export const spacesOfTable = 16;

type Unsettled = {
  readonly service: AccountName;
  /** Tables that are none any more: they keep rows, but no indexes. */
  readonly gone: readonly number[];
};

/** Where the rows of each space are, as one connection sees it: in columns when its table is declared, else as bytes. */
export class SpaceTables {
  readonly declared: DeclaredTables;
  private readonly connection: Connection;
  /** Undefined for a space that has no table. */
  private readonly known = new BySpace<SpaceRows | undefined>();
  /** What is not carried out yet of declarations, because it concerns rows that are still bytes. */
  private unsettled: Unsettled[] = [];
  private schemaVersion = -1;
  private readonly newestVersion: Statement;

  constructor(connection: Connection) {
    this.connection = connection;
    // Readers ask for it before each query.
    this.newestVersion = connection.prepare("PRAGMA schema_version");
    this.declared = new DeclaredTables(connection);
  }

  find(service: AccountName, space: number): SpaceRows | undefined {
    const known = this.known.get(service, space);
    if (known !== undefined || this.known.has(service, space)) return known;
    const name = blobTableName(service, space);
    const rows = hasTable(this.connection, name)
      ? new BlobTable(this.connection, name)
      : this.findDeclared(service, space);
    this.known.set(service, space, rows);
    return rows;
  }

  findOrCreate(service: AccountName, space: number): SpaceRows {
    const found = this.find(service, space);
    if (found !== undefined) return found;
    const name = blobTableName(service, space);
    createBlobTable(this.connection, name);
    const rows = new BlobTable(this.connection, name);
    this.known.set(service, space, rows);
    return rows;
  }

  /** Every space that has rows, by service and number. */
  list(): readonly Space[] {
    return [...this.listBlobs(), ...this.listDeclared()]
      .filter(({ service, space }) => this.find(service, space)?.isEmpty() === false)
      .toSorted(compareSpaces);
  }

  /**
   * From here on rows are what the declaration says; `settle` follows when those that come with it are written. With
   * `withoutIndexes`, new tables have none before `makeIndexes`.
   */
  declare(service: AccountName, declaration: TableDeclaration, withoutIndexes = false): void {
    const { connection, declared } = this;
    const before = declared.tablesOf(service);
    changeTables({ connection, service, before, declaration, withoutIndexes });
    declared.write(service, declaration);
    const gone = before.filter(({ number }) =>
      declaration.tables.every((table) => table.number !== number),
    );
    this.unsettled.push({ service, gone: gone.map(({ number }) => number) });
    this.known.clear();
  }

  settle(): void {
    for (const { service, gone } of this.unsettled) {
      settleTables(this.connection, service, this.declared.tablesOf(service));
      for (const number of gone) dropEntries(this.connection, service, number);
    }
    if (this.unsettled.length === 0) return;
    this.unsettled = [];
    this.forget();
  }

  makeIndexes(): void {
    for (const service of this.declared.list()) {
      const tables = this.declared.tablesOf(service);
      for (const table of tables) makeIndexes(this.connection, service, table);
    }
  }

  /** Empties every table and takes back every declaration. */
  clear(): void {
    for (const { service, space } of this.listBlobs()) {
      this.connection.exec(`DROP TABLE ${quoted(blobTableName(service, space))}`);
    }
    for (const service of this.declared.list()) {
      for (const { name } of this.declared.tablesOf(service)) {
        this.connection.exec(`DROP TABLE IF EXISTS ${quoted(name)}`);
      }
    }
    this.declared.clear();
    this.forget();
  }

  /** For a reader, at the start of a transaction: the writer makes tables and takes them away. */
  refresh(): boolean {
    const version = numberOf(this.newestVersion.get()?.[0]);
    if (version === this.schemaVersion) return false;
    this.schemaVersion = version;
    this.forget();
    return true;
  }

  /** After a rollback, which takes back the making of tables too: their statements are no longer good. */
  forget(): void {
    this.unsettled = [];
    this.known.clear();
    this.declared.forget();
  }

  /** A declared table that is still bytes is not found here: they are looked for first. */
  private findDeclared(service: AccountName, space: number): SpaceRows | undefined {
    const number = Math.floor(space / spacesOfTable);
    const found = this.declared.tablesOf(service).find((table) => table.number === number);
    if (found === undefined || !hasTable(this.connection, found.name)) return undefined;
    const table = this.declared.find(service, number);
    return table === undefined ? undefined : spaceOf(table, space % spacesOfTable);
  }

  private listBlobs(): readonly Space[] {
    const names = this.connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'rows/%'")
      .all();
    return names.map(([name]) => {
      const [, service = "", space = ""] = textOf(name).split("/");
      return { service: brandAccountName(service), space: Number(space) };
    });
  }

  private listDeclared(): readonly Space[] {
    return this.declared.list().flatMap((service) =>
      this.declared.tablesOf(service).flatMap(({ number, columns }) =>
        hasTable(this.connection, blobTableName(service, number * spacesOfTable))
          ? []
          : columns.keys.map((_, index) => ({
              service,
              space: number * spacesOfTable + index,
            })),
      ),
    );
  }
}

export function compareSpaces(a: Space, b: Space): number {
  if (a.service === b.service) return a.space - b.space;
  return a.service < b.service ? -1 : 1;
}
