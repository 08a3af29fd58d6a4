import { check } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { action } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { account, bool, u32, u8 } from "@kith/sdk/types";

import { tokenOf, wants } from "./balances.ts";
import { balanceFlags, checkFlag, hasFlag, withFlag } from "./flags.ts";
import { accountSettings, balanceSettings } from "./tables.ts";

/** What accounts want for their balances. */

export const setAccountFlag = described(
  "For all tokens that the sender has said nothing else about. Flag 0: what is credited arrives at once. Flag 1: balances of zero keep their rows.",
  action({ flag: u8, enabled: bool }, nothing, (context, { flag, enabled }) => {
    checkFlag(flag, balanceFlags);
    const rows = context.table(accountSettings);
    const before = rows.get({ account: context.sender })?.flags ?? 0;
    const flags = withFlag(before, flag, enabled);
    if (flags === 0) rows.remove({ account: context.sender });
    else rows.put({ account: context.sender, flags });
  }),
);

export const setBalanceFlag = described(
  "For one token, in place of the sender's settings for all; the flags are the same.",
  action({ tokenId: u32, flag: u8, enabled: bool }, nothing, (context, args) => {
    const { tokenId, flag, enabled } = args;
    checkFlag(flag, balanceFlags);
    tokenOf(context, tokenId);
    const key = { account: context.sender, tokenId };
    const before = context.table(balanceSettings).get(key)?.flags ?? 0;
    context.table(balanceSettings).put({ ...key, flags: withFlag(before, flag, enabled) });
  }),
);

export const clearBalanceFlags = described(
  "For this token the sender's settings for all count again.",
  action({ tokenId: u32 }, nothing, (context, { tokenId }) => {
    const was = context.table(balanceSettings).remove({ account: context.sender, tokenId });
    check(was, "settings-unknown", `${context.sender} has no settings for token ${tokenId}`);
  }),
);

export const accountFlag = action({ account, flag: u8 }, bool, (context, args) => {
  checkFlag(args.flag, balanceFlags);
  const row = context.table(accountSettings).get({ account: args.account });
  return hasFlag(row?.flags ?? 0, args.flag);
});

export const balanceFlag = described(
  "What counts for an account's balance of one token.",
  action({ account, tokenId: u32, flag: u8 }, bool, (context, args) => {
    checkFlag(args.flag, balanceFlags);
    return wants(context, args.account, args.tokenId, args.flag);
  }),
);
