import { brandAccountName, type AccountName } from "@kith/protocol/ids";
import type { TableDeclaration, NumberedTable, TableColumns } from "@kith/protocol/table-columns";

import { numberOf, textOf, type Connection } from "../sqlite.ts";
import { ownTableNames } from "./column-names.ts";
import { TypedRows } from "./typed-rows.ts";
import { TypedTable } from "./typed-table.ts";

export type DeclaredTable = NumberedTable & {
  /** Of the table in SQL: `service.table`. */
  readonly name: string;
  readonly rows: TypedRows;
};

/** The columns of tables, as the file itself says them: who reads it needs nobody who knows the services. */
export class DeclaredTables {
  private readonly connection: Connection;
  private readonly services = new Map<AccountName, readonly DeclaredTable[]>();
  private readonly tables = new Map<DeclaredTable, TypedTable>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  tablesOf(service: AccountName): readonly DeclaredTable[] {
    const known = this.services.get(service);
    if (known !== undefined) return known;
    const tables = this.connection
      .prepare("SELECT number, columns FROM declared_tables WHERE service = ? ORDER BY number")
      .all(service)
      .map(([number, columns]) => ({ number: numberOf(number), columns: parse(textOf(columns)) }));
    const named = namedTables(service, tables);
    this.services.set(service, named);
    return named;
  }

  find(service: AccountName, number: number): TypedTable | undefined {
    const found = this.tablesOf(service).find((table) => table.number === number);
    if (found === undefined) return undefined;
    const known = this.tables.get(found);
    if (known !== undefined) return known;
    const table = new TypedTable(this.connection, found.name, found.rows);
    this.tables.set(found, table);
    return table;
  }

  /** Services that have declared tables. */
  list(): readonly AccountName[] {
    return this.connection
      .prepare("SELECT DISTINCT service FROM declared_tables ORDER BY service")
      .all()
      .map(([service]) => brandAccountName(textOf(service)));
  }

  revisionOf(service: AccountName): string | undefined {
    const found = this.connection
      .prepare("SELECT revision FROM declared_services WHERE service = ?")
      .get(service);
    return found === undefined ? undefined : textOf(found[0]);
  }

  write(service: AccountName, { revision, tables }: TableDeclaration): void {
    this.connection.prepare("DELETE FROM declared_tables WHERE service = ?").run(service);
    this.connection
      .prepare("INSERT OR REPLACE INTO declared_services VALUES (?, ?)")
      .run(service, revision);
    const insert = this.connection.prepare("INSERT INTO declared_tables VALUES (?, ?, ?)");
    for (const { number, columns } of tables) insert.run(service, number, JSON.stringify(columns));
    this.forget();
  }

  clear(): void {
    this.connection.exec("DELETE FROM declared_tables; DELETE FROM declared_services");
    this.forget();
  }

  /** What is in memory may not be what is in the file any more. */
  forget(): void {
    this.services.clear();
    this.tables.clear();
  }
}

/** As the file will have them; both tables of one name in SQL cannot be, so the second gets another. */
export function namedTables(
  service: AccountName,
  tables: readonly NumberedTable[],
): readonly DeclaredTable[] {
  const names = ownTableNames(tables.map(({ columns }) => columns));
  return tables.map(({ number, columns }, at) => ({
    number,
    columns,
    name: `${service}.${names[at] ?? number}`,
    rows: new TypedRows(columns),
  }));
}

/** Only this program writes the table. */
function parse(columns: string): TableColumns {
  const { name, columns: fields, keys, types }: TableColumns = JSON.parse(columns);
  return { name, columns: fields, keys, types };
}
