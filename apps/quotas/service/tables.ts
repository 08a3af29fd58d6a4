import type { Allowance } from "@kith/sdk/system/quotas";
import { table, type Table } from "@kith/sdk/table";
import {
  account,
  bool,
  checksum,
  option,
  u64Number,
  u8,
  type AccountName,
  type Checksum,
} from "@kith/sdk/types";

const amounts = { fuel: u64Number, storedBytes: u64Number, carriedBytes: u64Number };

/** Tables 0 to 3 belong to the node as well: it reads here what everybody may use, and who pays. */
export const defaults: Table<Allowance & { readonly id: number }, "id", never> = table(
  "defaults",
  { id: u8, ...amounts },
  { key: ["id"] },
);

export const allowances: Table<Allowance & { readonly account: AccountName }, "account", never> =
  table("allowances", { account, ...amounts }, { key: ["account"] });

export type SponsorRow = {
  readonly account: AccountName;
  readonly sponsor: AccountName;
  /** In microseconds; of a guest, for whom the sponsor pays with half of what he has. */
  readonly until?: number;
  /** The account is shared: who pays follows from what a transaction proves. */
  readonly byClaims?: boolean;
};

export const sponsors: Table<SponsorRow, "account", "bySponsor"> = table(
  "sponsors",
  { account, sponsor: account, until: option(u64Number), byClaims: option(bool) },
  { key: ["account"], indexes: { bySponsor: ["sponsor"] } },
);

export type ClaimSponsorRow = {
  readonly account: AccountName;
  readonly claim: Checksum;
  readonly sponsor: AccountName;
  readonly until: number;
};

export const claimSponsors: Table<ClaimSponsorRow, "account" | "claim", never> = table(
  "claimSponsors",
  { account, claim: checksum, sponsor: account, until: u64Number },
  { key: ["account", "claim"] },
);
