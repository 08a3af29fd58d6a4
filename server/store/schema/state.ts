import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What `state.db` has from the start. Rows of services are not here: each table of a service is a table of its own
 * (`tables/`), as are the spaces of which nobody has said what is in them. These tables keep their rowid: rows of half a kilobyte under
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

/** The columns of services' tables, as JSON, so that the file can be read without the services' code. */
export const declaredTables = sqliteTable(
  "declared_tables",
  {
    service: text().notNull(),
    number: integer().notNull(),
    columns: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.service, table.number] })],
);

/** Which code the declarations are from. */
export const declaredServices = sqliteTable("declared_services", {
  service: text().primaryKey(),
  revision: text().notNull(),
});
