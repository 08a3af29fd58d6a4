import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What `events.db` has: the events of final blocks for as long as this node keeps them, and what proofs of Merkle
 * events are made from. Nothing in it is part of the state.
 */

/** Numbers of their own: `complete`, the last block whose events are here. */
export const marks = sqliteTable("marks", {
  name: text().primaryKey(),
  value: integer().notNull(),
});

/** `chain`: the id of the genesis block, whose events these are. */
export const labels = sqliteTable("labels", {
  name: text().primaryKey(),
  value: text().notNull(),
});

/** Blocks from `first` to `last` whose events this node has never seen, because a snapshot took their place. */
export const gaps = sqliteTable("gaps", {
  first: integer().primaryKey(),
  last: integer().notNull(),
});

/** Events of a service below block `before` are gone, or about to go. */
export const pruned = sqliteTable("pruned", {
  service: text().primaryKey(),
  before: integer().notNull(),
});

/** One version of an event's declaration, and how much is kept of it. */
export const eventTypes = sqliteTable("event_types", {
  id: integer().primaryKey(),
  service: text().notNull(),
  event: text().notNull(),
  kind: text().notNull(),
  /** JSON: the fields whose values are in `index_0` and so on. */
  indexes: text().notNull(),
  /** JSON: the type and those that it refers to. */
  source: text().notNull(),
  sizeBytes: integer("size_bytes").notNull(),
});

/** Blocks with events. */
export const eventBlocks = sqliteTable(
  "event_blocks",
  {
    num: integer().primaryKey(),
    time: integer().notNull(),
    /** The block's place among those with Merkle events; null when it has none. */
    treeIndex: integer("tree_index"),
    /** The id of the first Merkle event, and the hashes of all their records, 32 bytes each. */
    firstId: integer("first_id"),
    leaves: blob({ mode: "buffer" }),
  },
  (table) => [
    index("event_blocks_by_time").on(table.time),
    index("event_blocks_by_tree_index").on(table.treeIndex),
  ],
);

/** Full subtrees of the event tree: what paths are made of. */
export const eventTree = sqliteTable(
  "event_tree",
  {
    height: integer().notNull(),
    place: integer().notNull(),
    hash: blob({ mode: "buffer" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.height, table.place] })],
);

/** As many as an event has declared indexes at most; the columns are written out, because they carry the types. */
const indexSlots = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** `sequence` is the block's number times 2^21 and the place in the block: the same on every node. */
export const events = sqliteTable(
  "events",
  {
    sequence: integer().primaryKey(),
    typeId: integer("type_id").notNull(),
    transactionId: blob("transaction_id", { mode: "buffer" }).notNull(),
    data: blob({ mode: "buffer" }).notNull(),
    /** Merkle events: the record's id, and the place among the transaction's Merkle events. */
    merkleId: integer("merkle_id"),
    merkleIndex: integer("merkle_index"),
    // Whatever type a declared index has: whole numbers, texts, or the hashes of long texts. Numeric affinity would
    // make numbers of texts.
    index0: blob("index_0"),
    index1: blob("index_1"),
    index2: blob("index_2"),
    index3: blob("index_3"),
    index4: blob("index_4"),
    index5: blob("index_5"),
    index6: blob("index_6"),
    index7: blob("index_7"),
  },
  (table) => [
    index("events_by_type").on(table.typeId),
    index("merkle_events_by_transaction")
      .on(table.transactionId)
      .where(sql`merkle_id IS NOT NULL`),
    ...indexSlots.map((slot) =>
      index(`events_by_index_${slot}`)
        .on(table.typeId, table[`index${slot}` as const])
        .where(sql.raw(`index_${slot} IS NOT NULL`)),
    ),
  ],
);
