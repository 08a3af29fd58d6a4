import type { AccountName } from "@kith/protocol/ids";

import type { Connection } from "../sqlite.ts";

/** The name goes into SQL as text, so nothing else than the characters of account names and digits may be in it. */
export function blobTableName(service: AccountName, space: number): string {
  if (!/^[a-z0-9-]*$/.test(service) || !Number.isSafeInteger(space) || space < 0) {
    throw new Error(`"${service}" and ${space} name no space of rows`);
  }
  return `rows/${service}/${space}`;
}

export function hasTable(connection: Connection, name: string): boolean {
  const found = connection
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .get(name);
  return found !== undefined;
}
