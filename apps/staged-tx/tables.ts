import { actionCodec, type Proposal } from "@kith/sdk/system/staged-tx";
import { table, type Table } from "@kith/sdk/table";
import {
  account,
  bool,
  checksum,
  list,
  u32,
  u64Number,
  u8,
  type AccountName,
} from "@kith/sdk/types";

export const proposals: Table<Proposal, "id", "byProposer" | "byExpiration"> = table(
  "proposals",
  {
    id: u32,
    hash: checksum,
    proposer: account,
    proposedAt: u64Number,
    expiration: u32,
    autoExecute: bool,
    actions: list(actionCodec),
  },
  { key: ["id"], indexes: { byProposer: ["proposer", "id"], byExpiration: ["expiration", "id"] } },
);

/** What an account has said; kept whatever happens to the groups that it is a member of. */
export type Answer = {
  readonly id: number;
  readonly account: AccountName;
  readonly accepted: boolean;
  /** Microseconds since the Unix epoch. */
  readonly answeredAt: number;
};

export const answers: Table<Answer, "id" | "account", never> = table(
  "answers",
  { id: u32, account, accepted: bool, answeredAt: u64Number },
  { key: ["id", "account"] },
);

type Party = { readonly id: number; readonly account: AccountName };

/** The accounts in whose names a proposal would act. */
export const parties: Table<Party, "id" | "account", "byAccount"> = table(
  "parties",
  { id: u32, account },
  { key: ["id", "account"], indexes: { byAccount: ["account", "id"] } },
);

/** The number of the last proposal: none is given twice, so that an old answer never meets a new proposal. */
export const counter: Table<{ readonly key: number; readonly last: number }, "key", never> = table(
  "counter",
  { key: u8, last: u32 },
  { key: ["key"] },
);
