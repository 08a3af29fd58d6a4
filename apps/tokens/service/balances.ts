import { abort, check } from "@kith/sdk/abort";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import type { AccountName } from "@kith/sdk/types";

import { formatAmount } from "./amounts.ts";
import { balanceFlags, hasFlag } from "./flags.ts";
import { accountSettings, balances, balanceSettings, tokens } from "./tables.ts";

export type Token = ReturnType<typeof tokenOf>;

export function tokenOf(context: QueryContext, tokenId: number) {
  const token = context.table(tokens).get({ id: tokenId });
  if (token === undefined) abort("token-unknown", `there is no token ${tokenId}`);
  return token;
}

export function balanceOf(context: QueryContext, account: AccountName, tokenId: number): bigint {
  return context.table(balances).get({ account, tokenId })?.amount ?? 0n;
}

/** No balance exceeds what was issued, which fits a u64: sums cannot overflow. */
export function addBalance(
  context: ActionContext,
  account: AccountName,
  { id: tokenId }: Token,
  amount: bigint,
): void {
  const held = balanceOf(context, account, tokenId);
  context.table(balances).put({ account, tokenId, amount: held + amount });
}

export function takeBalance(
  context: ActionContext,
  account: AccountName,
  token: Token,
  amount: bigint,
): void {
  const tokenId = token.id;
  const held = balanceOf(context, account, tokenId);
  if (held < amount) {
    const [has, wanted] = [held, amount].map((each) => formatAmount(each, token.precision));
    abort("balance-insufficient", `${account} has ${has} of token ${tokenId}, not ${wanted}`);
  }
  const left = held - amount;
  const kept = left > 0n || wants(context, account, tokenId, balanceFlags.keepZeroBalances);
  if (kept) context.table(balances).put({ account, tokenId, amount: left });
  else context.table(balances).remove({ account, tokenId });
}

/** Whether the account has set the flag for the token or, when it has said nothing about the token, for all. */
export function wants(
  context: QueryContext,
  account: AccountName,
  tokenId: number,
  flag: number,
): boolean {
  const ofBalance = context.table(balanceSettings).get({ account, tokenId });
  const flags = ofBalance?.flags ?? context.table(accountSettings).get({ account })?.flags ?? 0;
  return hasFlag(flags, flag);
}

export function checkPositive(amount: bigint): void {
  check(amount > 0n, "amount-zero", "the amount has to be more than zero");
}
