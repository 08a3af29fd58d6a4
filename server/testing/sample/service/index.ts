import { check } from "@kith/sdk/abort";
import { merkleEvent } from "@kith/sdk/event";
import { log } from "@kith/sdk/log";
import { query } from "@kith/sdk/query";
import { jsonReply } from "@kith/sdk/reply";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { account, list, object, option, str, u32, u64 } from "@kith/sdk/types";

/** An app of the tests of this folder. */

const sums = table("sums", { owner: account, note: str, sum: u32 }, { key: ["owner"] });
export const spent = merkleEvent("spent", { owner: account, number: u32 });

const add = action({ number: u32, note: str }, nothing, (context, { number, note }) => {
  const owner = context.sender;
  const before = context.table(sums).get({ owner })?.sum ?? 0;
  context.table(sums).put({ owner, note, sum: before + number });
  log("added", number);
});

const spend = action({ number: u32 }, u32, (context, { number }) => {
  const owner = context.sender;
  const row = context.table(sums).get({ owner }) ?? { owner, note: "", sum: 0 };
  check(row.sum >= number, "sum-too-small", `${row.sum} is all that there is`);
  context.table(sums).put({ ...row, sum: row.sum - number });
  context.emit(spent, { owner, number });
  return row.sum - number;
});

const clock = action({}, u64, (context) => BigInt(context.blockTime));

const largest = query(
  { least: u32 },
  list(object({ owner: account, sum: u32 })),
  (context, { least }) => {
    check(least > 0, "least-zero", "there is no end to those");
    const found = context.sql("SELECT owner FROM sums WHERE sum >= ? ORDER BY sum DESC", [least]);
    return context
      .table(sums)
      .range({})
      .filter(({ owner }) => found.some((row) => row["owner"] === owner));
  },
);

/** Shown to its owner only. */
const ownNote = query({}, option(str), (context) => {
  const { user } = context;
  return user === undefined ? undefined : context.table(sums).get({ owner: user })?.note;
});

export const sample = service("sample", {
  tables: [sums],
  actions: { add, spend, clock },
  queries: { largest, ownNote },
  events: [spent],
  http: (context, { path }) =>
    path === "/hello" ? jsonReply(`hello ${context.user ?? "everybody"}`) : undefined,
});
