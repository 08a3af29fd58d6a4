import { abort } from "@kith/sdk/abort";
import { migration } from "@kith/sdk/migration";
import { action, service } from "@kith/sdk/service";
import { table } from "@kith/sdk/table";
import { list, str, u32, u64 } from "@kith/sdk/types";

/** Other fields and another key, with a migration. */
const prices = table("prices", { item: str, cents: u64 }, { key: ["item"] });
const toCents = migration(prices, { id: u32, item: str, euros: u32 }, ({ item, euros }) => {
  if (item === "trouble") abort("price-troublesome", "this price cannot be converted");
  return euros === 0 ? undefined : { item, cents: 100n * BigInt(euros) };
});

export const shop = service("shop", {
  tables: [prices],
  migrations: [toCents],
  actions: {
    items: action({}, list(str), (context) =>
      context
        .table(prices)
        .range()
        .map(({ item, cents }) => `${item} ${cents}`),
    ),
  },
});
