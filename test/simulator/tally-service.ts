import { jsonReply } from "@kith/sdk/reply";
import { action, service, type Service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { u32 } from "@kith/sdk/types";

const counts = table("counts", { client: u32, count: u32 }, { key: ["client"] });

const add = action({ client: u32, serial: u32 }, nothing, (context, { client }) => {
  const before = context.table(counts).get({ client })?.count ?? 0;
  context.table(counts).put({ client, count: before + 1 });
});

/** Counts the transactions of each client, so that one that runs twice is seen. */
export const tally: Service<{ readonly add: typeof add }> = service("tally", {
  tables: [counts],
  actions: { add },
  http: (context, { path }) => {
    const client = Number(path.slice(1));
    return jsonReply(context.table(counts).get({ client })?.count ?? 0);
  },
});
