import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { eventsPathOf } from "./event-file.ts";
import { pageOf } from "./event-pages.ts";
import { EventRows } from "./event-rows.ts";
import type { EventReader } from "./event-store.ts";
import { VersionRows, Versions } from "./event-versions.ts";
import { Connection } from "./sqlite.ts";

/**
 * Reads the `events.db` of a node that has it open, on a connection of its own: for another thread or process. What it
 * sees are whole blocks, up to a second old. Undefined while there is no such file.
 */
export function openEventReader(
  folder: string,
): (EventReader & { readonly close: () => void }) | undefined {
  const path = eventsPathOf(folder);
  if (!existsSync(path)) return undefined;
  const connection = new Connection(`${pathToFileURL(path).href}?mode=ro`);
  const versionRows = new VersionRows(connection);
  const versions = new Versions();
  const rows = new EventRows(connection);
  return {
    eventsOf: (query) => {
      connection.exec("BEGIN");
      try {
        for (const version of versionRows.listAfter(versions.last)) versions.add(version);
        const newest = rows.completeNum();
        return pageOf({ rows, versions, newest, gaps: [], pending: () => [] }, query);
      } finally {
        connection.exec("ROLLBACK");
      }
    },
    close: () => connection.close(),
  };
}
