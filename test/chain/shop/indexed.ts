import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { list, option, str, u32 } from "@kith/sdk/types";

/** A field and an index more: rows stay as they are, and are found by the index. */
const prices = table(
  "prices",
  { id: u32, item: str, euros: u32, note: option(str) },
  { key: ["id"], indexes: { byItem: ["item"] } },
);
const orders = table("orders", { id: u32 }, { key: ["id"] });

export const shop = service("shop", {
  tables: [prices, orders],
  actions: {
    setPrice: action({ id: u32, item: str, euros: u32 }, nothing, (context, row) => {
      context.table(prices).put(row);
    }),
    fill: action({ from: u32, count: u32, item: str }, nothing, () => {}),
    items: action({}, list(str), (context) =>
      context
        .table(prices)
        .range({ index: "byItem" })
        .map(({ id, item, euros, note }) => `${id} ${item} ${euros} ${note ?? "-"}`),
    ),
  },
});
