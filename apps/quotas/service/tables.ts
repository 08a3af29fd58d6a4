import type { Allowance } from "@kith/sdk/system/quotas";
import { table, type Table } from "@kith/sdk/table";
import { account, u64Number, u8, type AccountName } from "@kith/sdk/types";

const amounts = { fuel: u64Number, storedBytes: u64Number, carriedBytes: u64Number };

/** Tables 0 to 2 belong to the node as well: it reads here what everybody may use, and who pays. */
export const defaults: Table<Allowance & { readonly id: number }, "id", never> = table(
  "defaults",
  { id: u8, ...amounts },
  { key: ["id"] },
);

export const allowances: Table<Allowance & { readonly account: AccountName }, "account", never> =
  table("allowances", { account, ...amounts }, { key: ["account"] });

export type SponsorRow = { readonly account: AccountName; readonly sponsor: AccountName };

export const sponsors: Table<SponsorRow, "account", "bySponsor"> = table(
  "sponsors",
  { account, sponsor: account },
  { key: ["account"], indexes: { bySponsor: ["sponsor"] } },
);
