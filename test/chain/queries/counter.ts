import { abort } from "@kith/sdk/abort";
import type { QueryContext } from "@kith/sdk/context";
import { jsonReply } from "@kith/sdk/reply";
import { action, service, type Service } from "@kith/sdk/service";
import { nothing, serviceInterface, signature } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { str, u32 } from "@kith/sdk/types";

/** Services of tests whose queries do one of everything, also what a query should not do. */

const counters = table(
  "counters",
  { name: str, value: u32 },
  { key: ["name"], indexes: { byValue: ["value"] } },
);
const others = table("others", { name: str, value: u32 }, { key: ["name"] });

const set = action({ name: str, value: u32 }, nothing, (context, row) => {
  context.table(counters).put(row);
});
const setOther = action({ name: str, value: u32 }, nothing, (context, row) => {
  context.table(others).put(row);
});
const setSum = action({}, nothing, (context) => {
  context.table(counters).put({ name: "sum", value: sumBySql(context) });
});
const counterActions = { set, setOther, setSum };

export const counter: Service<typeof counterActions> = service("counter", {
  tables: [counters, others],
  actions: counterActions,
  http: (context, { path }) => {
    const [, what = "", name = ""] = path.split("/");
    switch (what) {
      case "value":
        return jsonReply(context.table(counters).get({ name })?.value ?? null);
      case "all":
        return jsonReply(
          context
            .table(counters)
            .range({})
            .map((row) => row.value),
        );
      case "user":
        return jsonReply(context.user ?? null);
      case "height":
        return jsonReply(context.blockNum);
      case "sum":
        return jsonReply({ sum: sumBySql(context), rows: sumByRows(context) });
      case "loop":
        return loop();
      case "grow":
        return grow();
      case "refuse":
        return abort("no-entry", "not for you");
      default:
        return busy(context, what);
    }
  },
});

function sumBySql(context: QueryContext): number {
  const statement = "SELECT coalesce(sum(value), 0) AS sum FROM counters WHERE value >= ?";
  return Number(context.sql(statement, [0])[0]?.["sum"]);
}

function sumByRows(context: QueryContext): number {
  const rows = context.table(counters).range({});
  return rows.reduce((sum, { value }) => sum + value, 0);
}

/** As much work as its path says, in thousands of reads. */
function busy(context: QueryContext, what: string) {
  const match = /^busy-(\d+)$/.exec(what);
  if (match === null) return undefined;
  let sum = 0;
  for (let at = 0; at < Number(match[1]) * 1000; at++) {
    sum += context.table(counters).get({ name: "a" })?.value ?? 0;
  }
  return jsonReply(sum);
}

/** Nothing ends it but the end of its process. */
function loop(): never {
  for (;;) busyWait.turns++;
}

const busyWait = { turns: 0 };

/** Takes memory until there is none. */
function grow(): never {
  for (;;) hoard.push(new Uint8Array(16 * 1024 * 1024).fill(1));
}

const hoard: Uint8Array[] = [];

const counterInterface = serviceInterface("counter", { setSum: signature({}, nothing) });
const neighbourActions = {};
export const neighbour: Service<typeof neighbourActions> = service("neighbour", {
  tables: [],
  actions: neighbourActions,
  http: (context, { path }) => {
    if (path === "/ask") context.call(counterInterface).setSum({});
    return path === "/hello" ? jsonReply("hello") : undefined;
  },
});
