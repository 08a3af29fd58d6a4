import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What `state.db` has from the start. Rows of services are not here: each space has a table of its own, made when
 * its first row is written (see `space-tables.ts`). These tables keep their rowid: rows of half a kilobyte under
 * random keys are written in half the time when only the keys are sorted.
 */

/** The last applied blocks, one slot each; the newest is the height of everything else in the file. */
export const applied = sqliteTable("applied", {
  slot: integer().primaryKey(),
  num: integer().notNull(),
  id: text().notNull(),
  time: integer().notNull(),
  stateRoot: text("state_root").notNull(),
  eventRoot: text("event_root").notNull(),
});

/** Interior nodes of the state tree. */
export const treeNodes = sqliteTable("tree_nodes", {
  path: blob({ mode: "buffer" }).primaryKey(),
  node: blob({ mode: "buffer" }).notNull(),
});

export const receipts = sqliteTable(
  "receipts",
  {
    id: blob({ mode: "buffer" }).primaryKey(),
    blockNum: integer("block_num").notNull(),
    expirationSeconds: integer("expiration_seconds").notNull(),
    bytes: blob({ mode: "buffer" }).notNull(),
  },
  (table) => [index("receipts_by_expiration").on(table.expirationSeconds)],
);
