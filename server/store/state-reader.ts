import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { SpaceTables } from "./space-tables.ts";
import { appliedOf } from "./sql-state.ts";
import { Connection } from "./sqlite.ts";
import type { Applied, RowReader } from "./state-store.ts";

export type StateReader = {
  /** Everything that `query` reads is the state after one block, and it neither waits for the writer nor holds it up. */
  read<T>(query: (rows: RowReader, applied: Applied | undefined) => T): T;
  close(): void;
};

/** A second, read-only connection to the `state.db` of a node that has it open. */
export function openStateReader(folder: string): StateReader {
  const connection = new Connection(`${pathToFileURL(join(folder, "state.db")).href}?mode=ro`);
  const tables = new SpaceTables(connection);
  const newest = connection.prepare(
    "SELECT num, id, time, state_root, event_root FROM applied ORDER BY num DESC LIMIT 1",
  );
  const rows: RowReader = {
    getRow: ({ service, space, key }) => tables.find(service, space)?.get(key),
    rangeRows: (range) => tables.find(range.service, range.space)?.range(range) ?? [],
  };
  return {
    read: (query) => {
      connection.exec("BEGIN");
      try {
        tables.refresh();
        const applied = newest.get();
        return query(rows, applied === undefined ? undefined : appliedOf(applied));
      } finally {
        connection.exec("ROLLBACK");
      }
    },
    close: () => connection.close(),
  };
}
