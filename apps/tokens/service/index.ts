import { query } from "@kith/sdk/query";
import { action, service } from "@kith/sdk/service";
import { account, bool, object, u32, u64, u8 } from "@kith/sdk/types";

import { balanceOf, tokenOf } from "./balances.ts";
import { balanceChanged, configured, supplyChanged, transferred } from "./events.ts";
import { hasFlag, checkFlag, tokenFlags } from "./flags.ts";
import { burn, create, mint, recall, setIssuer, setTokenFlag } from "./issue.ts";
import { answer } from "./queries.ts";
import {
  accountFlag,
  balanceFlag,
  clearBalanceFlags,
  setAccountFlag,
  setBalanceFlag,
} from "./settings.ts";
import { createSub, deleteSub, fromSub, subBalance, toSub } from "./sub-accounts.ts";
import * as tables from "./tables.ts";
import { credit, debit, reject, sharedAmount, uncredit } from "./transfer.ts";

const tokenDetails = object({
  id: u32,
  issuer: account,
  precision: u8,
  flags: u8,
  issued: u64,
  burned: u64,
  maxIssued: u64,
});

/** Reads for other services; clients ask over HTTP. */
const token = action({ tokenId: u32 }, tokenDetails, (context, { tokenId }) =>
  tokenOf(context, tokenId),
);
const tokenFlag = action({ tokenId: u32, flag: u8 }, bool, (context, { tokenId, flag }) => {
  checkFlag(flag, tokenFlags);
  return hasFlag(tokenOf(context, tokenId).flags, flag);
});
const balance = action({ tokenId: u32, account }, u64, (context, args) =>
  balanceOf(context, args.account, args.tokenId),
);
const sharedBalance = action(
  { tokenId: u32, creditor: account, debitor: account },
  u64,
  (context, { tokenId, creditor, debitor }) =>
    sharedAmount(context, { creditor, debitor, token: tokenOf(context, tokenId) }),
);

/** The same for clients, who need no transaction to ask. */
const tokenOfId = query({ tokenId: u32 }, tokenDetails, (context, { tokenId }) =>
  tokenOf(context, tokenId),
);
const balanceOfAccount = query({ tokenId: u32, account }, u64, (context, args) =>
  balanceOf(context, args.account, args.tokenId),
);

export const tokens = service("tokens", {
  doc: "Tokens that anybody can create, and transfers that both sides agree to.",
  tables: [
    tables.tokens,
    tables.balances,
    tables.sharedBalances,
    tables.accountSettings,
    tables.balanceSettings,
    tables.subAccounts,
    tables.subBalances,
    tables.counters,
  ],
  actions: {
    create,
    mint,
    burn,
    recall,
    setTokenFlag,
    setIssuer,
    credit,
    uncredit,
    debit,
    reject,
    setAccountFlag,
    setBalanceFlag,
    clearBalanceFlags,
    toSub,
    fromSub,
    createSub,
    deleteSub,
    token,
    tokenFlag,
    balance,
    sharedBalance,
    accountFlag,
    balanceFlag,
    subBalance,
  },
  queries: { token: tokenOfId, balance: balanceOfAccount },
  events: [configured, supplyChanged, balanceChanged, transferred],
  http: answer,
});
export { balanceFlags, tokenFlags } from "./flags.ts";
