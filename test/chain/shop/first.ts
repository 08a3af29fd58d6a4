import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { list, str, u32 } from "@kith/sdk/types";

/** The version that all others take the place of. */
const prices = table("prices", { id: u32, item: str, euros: u32 }, { key: ["id"] });

export const shop = service("shop", {
  tables: [prices],
  actions: {
    setPrice: action({ id: u32, item: str, euros: u32 }, nothing, (context, row) => {
      context.table(prices).put(row);
    }),
    fill: action(
      { from: u32, count: u32, item: str },
      nothing,
      (context, { from, count, item }) => {
        for (let id = from; id < from + count; id++)
          context.table(prices).put({ id, item, euros: id });
      },
    ),
    items: action({}, list(str), (context) =>
      context
        .table(prices)
        .range()
        .map(({ id, item, euros }) => `${id} ${item} ${euros}`),
    ),
  },
});
