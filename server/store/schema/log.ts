import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What `log.db` has. Every row carries a checksum of its own: libSQL has none for pages that were checkpointed. */

export const blocks = sqliteTable("blocks", {
  num: integer().primaryKey(),
  term: integer().notNull(),
  id: blob({ mode: "buffer" }).notNull(),
  /** Of num, term and id: they can be trusted without reading the block. */
  checksum: blob({ mode: "buffer" }).notNull(),
  /** The packed Block, which the id covers. Last, because it spills into overflow pages. */
  bytes: blob({ mode: "buffer" }).notNull(),
});

/** Good copies of blocks whose row in `blocks` is damaged. */
export const repairedBlocks = sqliteTable("repaired_blocks", {
  num: integer().primaryKey(),
  term: integer().notNull(),
  id: blob({ mode: "buffer" }).notNull(),
  checksum: blob({ mode: "buffer" }).notNull(),
  bytes: blob({ mode: "buffer" }).notNull(),
});

/** One row: the ballot is one record, so that its parts are never torn apart. */
export const vote = sqliteTable("vote", {
  slot: integer().primaryKey(),
  term: integer().notNull(),
  votedFor: text("voted_for"),
  /** Packed, what BFT adds: the root of the term and the lock. */
  rest: blob({ mode: "buffer" }),
  checksum: blob({ mode: "buffer" }).notNull(),
});

/** Proofs that blocks are final, with the blocks' headers: both outlive the blocks. */
export const certificates = sqliteTable("certificates", {
  num: integer().primaryKey(),
  /** 1 for a block that changes the producers: these stay for ever. */
  isChange: integer("is_change").notNull(),
  /** Of everything else in the row. */
  checksum: blob({ mode: "buffer" }).notNull(),
  header: blob({ mode: "buffer" }).notNull(),
  certificate: blob({ mode: "buffer" }).notNull(),
});

/** `chain`: the id of the chain whose blocks these are; `first`: the number of the oldest block. */
export const meta = sqliteTable("meta", {
  key: text().primaryKey(),
  value: text().notNull(),
});
