import { action, service } from "@kith/sdk/service";
import { table } from "@kith/sdk/table";
import { list, str, u32, u64 } from "@kith/sdk/types";

/** Rows of another type, and nothing about those that are there. */
const prices = table("prices", { id: u32, item: str, cents: u64 }, { key: ["id"] });

export const shop = service("shop", {
  tables: [prices],
  actions: {
    items: action({}, list(str), (context) =>
      context
        .table(prices)
        .range()
        .map(({ item, cents }) => `${item} ${cents}`),
    ),
  },
});
