import type { AccountName } from "@kith/protocol/ids";

import type { DeclaredTable } from "../tables/declared-tables.ts";

/** A table as its own service sees it. */
export type OwnTable = {
  readonly name: string;
  /** In the file. */
  readonly table: string;
  /** In SQL, without those that only the node needs. */
  readonly columns: readonly string[];
};

export function ownTables(
  service: AccountName,
  tables: readonly DeclaredTable[],
): readonly OwnTable[] {
  return tables.map(({ name, rows }) => ({
    name: name.slice(service.length + 1),
    table: name,
    columns: rows.names.columns.map(({ sql, json }) => json ?? sql),
  }));
}
