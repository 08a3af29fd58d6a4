import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { SpaceTables } from "./space-tables.ts";
import { appliedOf } from "./sql-state.ts";
import { ServiceSql } from "./sql/service-sql.ts";
import { sqlReaderOf, type SqlReader } from "./sql/sql-json.ts";
import { Connection } from "./sqlite.ts";
import type { Applied, RowReader, Space } from "./state-store.ts";

/** What a reader's connection sees of one block. */
export type FileView = RowReader & {
  /** Queries of a service over its own tables, by the names that it has given them. */
  readonly sql: SqlReader;
  /** Every space that has rows, by service and number. */
  readonly listSpaces: () => readonly Space[];
};

export type StateReader = {
  /** Everything that `query` reads is the state after one block, and it neither waits for the writer nor holds it up. */
  read<T>(query: (rows: FileView, applied: Applied | undefined) => T): T;
  close(): void;
};

/** A second, read-only connection to the `state.db` of a node that has it open. */
export function openStateReader(folder: string): StateReader {
  const connection = new Connection(`${pathToFileURL(join(folder, "state.db")).href}?mode=ro`);
  const tables = new SpaceTables(connection);
  const newest = connection.prepare(
    "SELECT num, id, time, state_root, event_root FROM applied ORDER BY num DESC LIMIT 1",
  );
  const sql = new ServiceSql(connection, tables.declared);
  const rows: FileView = {
    getRow: ({ service, space, key }) => tables.find(service, space)?.get(key),
    rangeRows: (range) => tables.find(range.service, range.space)?.range(range) ?? [],
    sql: sqlReaderOf(sql),
    listSpaces: () => tables.list(),
  };
  return {
    read: (query) => {
      connection.exec("BEGIN");
      try {
        if (tables.refresh()) sql.forget();
        const applied = newest.get();
        return query(rows, applied === undefined ? undefined : appliedOf(applied));
      } finally {
        connection.exec("ROLLBACK");
      }
    },
    close: () => connection.close(),
  };
}
