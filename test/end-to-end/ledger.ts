import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { bundleService } from "@kith/packaging/bundle-service";
import { accountNameConstant } from "@kith/protocol/names";
import { nothing, serviceInterface, signature } from "@kith/sdk/signature";
import { list, str, u32 } from "@kith/sdk/types";

/** An app with two tables, three indexes, an event, and an action that takes as much work as it is told. */
export const ledgerInterface = serviceInterface("ledger", {
  enter: signature({ from: u32, count: u32, book: str }, nothing),
  close: signature({ book: str }, nothing),
  enterAndRefuse: signature({ book: str }, nothing),
  burn: signature({ rounds: u32 }, nothing),
  books: signature({}, list(str)),
});

export const ledger = accountNameConstant("ledger");

/** What runs on the account `ledger`. A version whose amounts have another type would misread the rows that are there. */
export async function ledgerCode(
  folder: string,
  amountType: "u32" | "str" = "u32",
): Promise<Uint8Array> {
  const entry = join(folder, `ledger-${amountType}`, "index.ts");
  mkdirSync(dirname(entry), { recursive: true });
  const amount = amountType === "u32" ? "amount" : "String(amount)";
  const text = source.replace("amount: u32", `amount: ${amountType}`);
  writeFileSync(entry, text.replace("amount, author:", `amount: ${amount}, author:`));
  const code = await bundleService(entry);
  if (!code.ok) throw new Error(JSON.stringify(code.error));
  return code.value;
}

const source = `
import { abort } from "@kith/sdk/abort";
import { historyEvent } from "@kith/sdk/event";
import { jsonReply } from "@kith/sdk/reply";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { account, list, str, u32 } from "@kith/sdk/types";

const entries = table(
  "entries",
  { id: u32, book: str, amount: u32, author: account },
  { key: ["id"], indexes: { byBook: ["book", "id"], byAmount: ["amount"] } },
);
const books = table(
  "books",
  { name: str, entries: u32, total: u32 },
  { key: ["name"], indexes: { bySize: ["entries"] } },
);
const entered = historyEvent("entered", { book: str, count: u32 }, { indexes: ["book"] });

function write(context, { from, count, book }) {
  const before = context.table(books).get({ name: book }) ?? { name: book, entries: 0, total: 0 };
  let { entries: size, total } = before;
  for (let id = from; id < from + count; id++) {
    const known = context.table(entries).get({ id });
    if (known !== undefined) abort("id-taken", "entry " + id + " is there already");
    const amount = (id * 7) % 1000;
    context.table(entries).put({ id, book, amount, author: context.sender });
    size++;
    total += amount;
  }
  context.table(books).put({ name: book, entries: size, total });
  context.emit(entered, { book, count });
}

const enter = action({ from: u32, count: u32, book: str }, nothing, write);
const close = action({ book: str }, nothing, (context, { book }) => {
  for (const { id } of context.table(entries).range({ index: "byBook", prefix: { book }, limit: 500 })) {
    context.table(entries).remove({ id });
  }
  if (!context.table(books).remove({ name: book })) abort("book-unknown", "there is no book " + book);
});
const enterAndRefuse = action({ book: str }, nothing, (context, { book }) => {
  write(context, { from: 4_000_000, count: 20, book });
  abort("not-this-one", "all of it is undone");
});
const burn = action({ rounds: u32 }, nothing, (context, { rounds }) => {
  let sum = 0;
  for (let round = 0; round < rounds; round++) sum = (sum + round * 31) % 65_521;
  if (sum === 70_000) abort("impossible", "");
});
const names = action({}, list(str), (context) =>
  context.table(books).range({ limit: 100 }).map(({ name }) => name),
);

export const ledger = service("ledger", {
  tables: [entries, books],
  events: [entered],
  actions: { enter, close, enterAndRefuse, burn, books: names },
  http: (context, { path }) => {
    if (path === "/books") return jsonReply(context.table(books).range({ limit: 1000 }));
    if (path === "/sql") {
      const inOrder = "SELECT id, book, amount, author FROM entries ORDER BY id";
      const sums = "SELECT book, count(*) AS entries, sum(amount) AS total FROM entries GROUP BY book ORDER BY book";
      return jsonReply({ entries: context.sql(inOrder), sums: context.sql(sums) });
    }
    if (path === "/largest") {
      const rows = context.table(entries).range({ index: "byAmount", reverse: true, limit: 25 });
      return jsonReply(rows.map(({ id, amount }) => [id, String(amount)]));
    }
    return undefined;
  },
});
`;
