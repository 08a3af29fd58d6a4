import { described } from "@kith/sdk/described";
import { table } from "@kith/sdk/table";
import { account, bool, str, u32, u64, u8 } from "@kith/sdk/types";

/** In the order of their numbers, which never changes. */
export const tokens = described(
  "Supplies are in the token's smallest unit; what is burned stays issued.",
  table(
    "tokens",
    {
      id: u32,
      issuer: account,
      precision: u8,
      flags: u8,
      issued: u64,
      burned: u64,
      maxIssued: u64,
    },
    { key: ["id"], indexes: { byIssuer: ["issuer", "id"] } },
  ),
);
export const balances = table(
  "balances",
  { account, tokenId: u32, amount: u64 },
  { key: ["account", "tokenId"], indexes: { byAmount: ["tokenId", "amount", "account"] } },
);
export const sharedBalances = described(
  "What a creditor has put at a debitor's disposal, and nobody has taken yet.",
  table(
    "shared",
    { creditor: account, debitor: account, tokenId: u32, amount: u64 },
    {
      key: ["creditor", "debitor", "tokenId"],
      indexes: { byDebitor: ["debitor", "creditor", "tokenId"] },
    },
  ),
);
export const accountSettings = table(
  "accountSettings",
  { account, flags: u8 },
  { key: ["account"] },
);
export const balanceSettings = described(
  "What an account wants for one token; it stands in for the account's settings as a whole.",
  table("balanceSettings", { account, tokenId: u32, flags: u8 }, { key: ["account", "tokenId"] }),
);
export const subAccounts = table(
  "subAccounts",
  { account, name: str, kept: bool },
  { key: ["account", "name"] },
);
export const subBalances = table(
  "subBalances",
  { account, name: str, tokenId: u32, amount: u64 },
  { key: ["account", "name", "tokenId"] },
);
export const counters = table("counters", { id: u8, lastTokenId: u32 }, { key: ["id"] });
