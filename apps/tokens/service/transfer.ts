import { abort, check } from "@kith/sdk/abort";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { action } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { account, str, u32, u64, type AccountName } from "@kith/sdk/types";

import { formatAmount } from "./amounts.ts";
import { addBalance, checkPositive, takeBalance, tokenOf, wants, type Token } from "./balances.ts";
import { balanceChanged, transferred } from "./events.ts";
import { balanceFlags, hasFlag, tokenFlags } from "./flags.ts";
import { checkExists } from "./issue.ts";
import { checkMemo } from "./memo.ts";
import { balances, sharedBalances } from "./tables.ts";

/** Transfers have two sides: what a creditor credits, a debitor takes, leaves or rejects. */

export const credit = described(
  "Puts tokens of the sender into the balance that it shares with the debitor, who takes them from there, or gets them at once when it wants so.",
  action({ tokenId: u32, debitor: account, amount: u64, memo: str }, nothing, (context, args) => {
    const { tokenId, debitor, amount, memo } = args;
    const token = tokenOf(context, tokenId);
    const creditor = context.sender;
    checkPositive(amount);
    checkMemo(memo);
    check(creditor !== debitor, "debitor-is-creditor", "nobody credits himself");
    // Whoever has a balance is there, and accounts never go.
    if (!context.table(balances).has({ account: debitor, tokenId })) checkExists(context, debitor);
    const bound = hasFlag(token.flags, tokenFlags.untransferable);
    check(!bound || token.issuer === creditor, "token-untransferable", onlyIssuer(token));
    takeBalance(context, creditor, token, amount);
    const pair = { creditor, debitor, token };
    emitChange(context, pair, { account: creditor, change: "credited", amount, memo });
    // What is taken at once would leave the shared balance as it was.
    const takesAtOnce = wants(context, debitor, tokenId, balanceFlags.autoDebit);
    if (takesAtOnce) arrive(context, pair, { amount, memo });
    else putShared(context, pair, sharedAmount(context, pair) + amount);
  }),
);

export const uncredit = described(
  "By the creditor: takes back what the debitor has not taken yet, at most the amount; gives how much that was.",
  action({ tokenId: u32, debitor: account, amount: u64, memo: str }, u64, (context, args) => {
    const { tokenId, debitor, memo } = args;
    checkPositive(args.amount);
    checkMemo(memo);
    const pair = { creditor: context.sender, debitor, token: tokenOf(context, tokenId) };
    const shared = existingShared(context, pair);
    const amount = args.amount < shared ? args.amount : shared;
    giveBack(context, pair, { change: "uncredited", amount, memo });
    return amount;
  }),
);

export const debit = described(
  "By the debitor: takes tokens that the creditor has credited.",
  action({ tokenId: u32, creditor: account, amount: u64, memo: str }, nothing, (context, args) => {
    const { tokenId, creditor, amount, memo } = args;
    checkPositive(amount);
    checkMemo(memo);
    const pair = { creditor, debitor: context.sender, token: tokenOf(context, tokenId) };
    existingShared(context, pair);
    transfer(context, pair, { amount, memo });
  }),
);

export const reject = described(
  "By the debitor: sends everything back that the creditor has credited; gives how much that was.",
  action({ tokenId: u32, creditor: account, memo: str }, u64, (context, args) => {
    const { tokenId, creditor, memo } = args;
    checkMemo(memo);
    const pair = { creditor, debitor: context.sender, token: tokenOf(context, tokenId) };
    const amount = existingShared(context, pair);
    giveBack(context, pair, { change: "rejected", amount, memo });
    return amount;
  }),
);

type Pair = {
  readonly creditor: AccountName;
  readonly debitor: AccountName;
  readonly token: Token;
};
type Moved = { readonly amount: bigint; readonly memo: string };

export function sharedAmount(context: QueryContext, { creditor, debitor, token }: Pair): bigint {
  const row = context.table(sharedBalances).get({ creditor, debitor, tokenId: token.id });
  return row?.amount ?? 0n;
}

/** From the shared balance into the debitor's own. */
function transfer(context: ActionContext, pair: Pair, { amount, memo }: Moved): void {
  takeShared(context, pair, amount);
  arrive(context, pair, { amount, memo });
}

/** Into the debitor's own balance, from wherever it was taken. */
function arrive(context: ActionContext, pair: Pair, { amount, memo }: Moved): void {
  const { creditor, debitor, token } = pair;
  addBalance(context, debitor, token, amount);
  emitChange(context, pair, { account: debitor, change: "debited", amount, memo });
  const tokenId = token.id;
  context.emit(transferred, { tokenId, from: creditor, to: debitor, amount, memo });
}

/** From the shared balance back into the creditor's own. */
function giveBack(
  context: ActionContext,
  pair: Pair,
  back: Moved & { readonly change: string },
): void {
  takeShared(context, pair, back.amount);
  addBalance(context, pair.creditor, pair.token, back.amount);
  emitChange(context, pair, { account: pair.creditor, ...back });
}

function existingShared(context: QueryContext, pair: Pair): bigint {
  const { creditor, debitor, token } = pair;
  const amount = sharedAmount(context, pair);
  if (amount === 0n) {
    abort(
      "shared-balance-empty",
      `${creditor} has credited ${debitor} nothing of token ${token.id}`,
    );
  }
  return amount;
}

function takeShared(context: ActionContext, pair: Pair, amount: bigint): void {
  const shared = sharedAmount(context, pair);
  if (shared < amount) {
    const [has, wanted] = [shared, amount].map((each) => formatAmount(each, pair.token.precision));
    abort("shared-balance-insufficient", `${has} was credited and not taken, not ${wanted}`);
  }
  putShared(context, pair, shared - amount);
}

function putShared(context: ActionContext, pair: Pair, amount: bigint): void {
  const { creditor, debitor } = pair;
  const tokenId = pair.token.id;
  const kept = amount > 0n || wants(context, creditor, tokenId, balanceFlags.keepZeroBalances);
  const row = { creditor, debitor, tokenId };
  if (kept) context.table(sharedBalances).put({ ...row, amount });
  else context.table(sharedBalances).remove(row);
}

type Told = Moved & { readonly account: AccountName; readonly change: string };

function emitChange(context: ActionContext, pair: Pair, told: Told): void {
  const counterparty = told.account === pair.creditor ? pair.debitor : pair.creditor;
  context.emit(balanceChanged, { tokenId: pair.token.id, counterparty, ...told });
}

function onlyIssuer({ id, issuer }: Token): string {
  return `only ${issuer} may credit token ${id}`;
}
