import { abort } from "@kith/sdk/abort";
import { fromHex } from "@kith/sdk/bytes";
import { described } from "@kith/sdk/described";
import { log } from "@kith/sdk/log";
import { query } from "@kith/sdk/query";
import { jsonReply } from "@kith/sdk/reply";
import { action, service } from "@kith/sdk/service";
import { nothing, serviceInterface } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { account, bool, bytes, i64, list, object, option, str, u32, u64 } from "@kith/sdk/types";

/** A service of tests with a query of every kind that matters. */

const things = table("things", { id: u32, owner: account, amount: u64 }, { key: ["id"] });
const thing = object({ id: u32, owner: account, amount: u64 });

const put = action({ id: u32, owner: account, amount: u64 }, nothing, (context, row) => {
  context.table(things).put(row);
});

const thingOf = described(
  "The thing with this number.",
  query({ id: u32 }, option(thing), (context, { id }) => context.table(things).get({ id })),
);
const total = query({ owner: account, least: option(u64) }, u64, (context, { owner, least }) => {
  const [sum] = context.sql(
    "SELECT coalesce(sum(amount), 0) AS sum FROM things WHERE owner = ? AND amount >= ?",
    [owner, Number(least ?? 0n)],
  );
  return BigInt(sum?.["sum"] ?? 0);
});
const echo = query(
  { text: str, flag: bool, numbers: list(u32), big: i64, data: bytes },
  object({ text: str, flag: bool, numbers: list(u32), big: i64, data: bytes }),
  (_, args) => args,
);
const args = query({ args: str }, str, (_, given) => given.args);
const bytesIn = query({ text: str }, option(bytes), (_, { text }) => {
  const found = fromHex(text);
  return found.ok ? found.value : undefined;
});
const refuse = query({}, u32, () => abort("no-entry", "not for you"));
const fail = query({}, u32, () => {
  throw new Error("a defect");
});
const long = query({ sizeBytes: u32 }, bytes, (_, { sizeBytes }) => new Uint8Array(sizeBytes));
const loop = query({}, u32, () => {
  for (;;) turns.count++;
});
const turns = { count: 0 };
const sqlOfNothing = query({}, u32, (context) => context.sql("SELECT * FROM nothing").length);
const logged = query({ text: str }, u32, (_, { text }) => {
  log(text, { n: 1n });
  return 1;
});
const height = query({}, u32, (context) => context.blockNum);

/** What a service sees that another one has called, or that carries out an action. */
const whoIsBehind = action({}, option(account), (context) => context.user);
const whoAsks = query({}, option(account), (context) => context.user);
const whoAsksThrough = query({}, option(account), (context) => context.call(self).whoIsBehind({}));
const amountOf = query({ id: u32 }, option(u64), (context, { id }) => {
  const found = context.table(things).get({ id });
  return found?.owner === context.user ? found?.amount : undefined;
});

const actions = { put, whoIsBehind };
const self = serviceInterface("asked", { whoIsBehind });
const queries = {
  thingOf,
  total,
  echo,
  args,
  bytesIn,
  refuse,
  fail,
  long,
  loop,
  sqlOfNothing,
  logged,
  height,
  whoAsks,
  whoAsksThrough,
  amountOf,
};

export const asked = service("asked", {
  tables: [things],
  actions,
  queries,
  http: (context, { path }) => {
    if (path === "/other") return jsonReply("other");
    return path === "/who" ? jsonReply(context.user ?? "nobody") : undefined;
  },
});
