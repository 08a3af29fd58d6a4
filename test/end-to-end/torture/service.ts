import { query } from "@kith/sdk/query";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { bool, list, str, u32 } from "@kith/sdk/types";

/** The objects under test: cells that hold a number, 0 at first, and lists that numbers are appended to. */
const cells = table("cells", { name: str, value: u32 }, { key: ["name"] });
const lists = table("lists", { name: str, items: list(u32) }, { key: ["name"] });

const set = action({ name: str, value: u32 }, nothing, (context, { name, value }) => {
  context.table(cells).put({ name, value });
});

/** Writes `value` where `expected` stands; says whether it did. */
const swap = action({ name: str, expected: u32, value: u32 }, bool, (context, args) => {
  const { name, expected, value } = args;
  const rows = context.table(cells);
  if ((rows.get({ name })?.value ?? 0) !== expected) return false;
  rows.put({ name, value });
  return true;
});

/** Reading by a transaction takes its place in the order of all. */
const read = action({ name: str }, u32, (context, { name }) => valueOf(context.table(cells), name));

/** Gives the new length. */
const append = action({ name: str, item: u32 }, u32, (context, { name, item }) => {
  const rows = context.table(lists);
  const items = [...(rows.get({ name })?.items ?? []), item];
  rows.put({ name, items });
  return items.length;
});

const readList = action({ name: str }, list(u32), (context, { name }) =>
  itemsOf(context.table(lists), name),
);

const value = query({ name: str }, u32, (context, { name }) => valueOf(context.table(cells), name));

/** The same by SQL, which reads the file. */
const valueBySql = query({ name: str }, u32, (context, { name }) => {
  const [row] = context.sql("SELECT value FROM cells WHERE name = ?", [name]);
  return Number(row?.["value"] ?? 0);
});

const items = query({ name: str }, list(u32), (context, { name }) =>
  itemsOf(context.table(lists), name),
);

type Rows<Row> = { get(key: { readonly name: string }): Row | undefined };

function valueOf(rows: Rows<{ readonly value: number }>, name: string): number {
  return rows.get({ name })?.value ?? 0;
}

function itemsOf(rows: Rows<{ readonly items: readonly number[] }>, name: string): number[] {
  return [...(rows.get({ name })?.items ?? [])];
}

export const app = service("cells", {
  tables: [cells, lists],
  actions: { set, swap, read, append, readList },
  queries: { value, valueBySql, items },
});
