import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { packText } from "@kith/sdk/reply";
import { action } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { account, option, str, u32, u64 } from "@kith/sdk/types";

import { addBalance, checkPositive, takeBalance, tokenOf, type Token } from "./balances.ts";
import { balanceChanged } from "./events.ts";
import { subAccountBytesMax, subAccountTokensMax } from "./limits.ts";
import { subAccounts, subBalances } from "./tables.ts";

/** Purses of one account, by names of its own; only the account itself puts in and takes out. */

export const toSub = described(
  "Puts tokens of the sender into a sub-account, which is made if there is none and goes when it is empty.",
  action(
    { tokenId: u32, name: str, amount: u64 },
    nothing,
    (context, { tokenId, name, amount }) => {
      checkPositive(amount);
      const token = tokenOf(context, tokenId);
      const owner = context.sender;
      if (!context.table(subAccounts).has({ account: owner, name })) addSub(context, name, false);
      takeBalance(context, owner, token, amount);
      const key = { account: owner, name, tokenId };
      const held = context.table(subBalances).get(key)?.amount;
      if (held === undefined) checkRoom(context, name);
      context.table(subBalances).put({ ...key, amount: (held ?? 0n) + amount });
      emitMove(context, token, { change: "toSub", amount, memo: name });
    },
  ),
);

export const fromSub = described(
  "Takes tokens out of a sub-account of the sender.",
  action(
    { tokenId: u32, name: str, amount: u64 },
    nothing,
    (context, { tokenId, name, amount }) => {
      checkPositive(amount);
      const token = tokenOf(context, tokenId);
      const sub = existingSub(context, name);
      const key = { account: context.sender, name, tokenId };
      const held = context.table(subBalances).get(key)?.amount ?? 0n;
      check(held >= amount, "sub-balance-insufficient", `${name} does not have that much`);
      if (held > amount) context.table(subBalances).put({ ...key, amount: held - amount });
      else context.table(subBalances).remove(key);
      addBalance(context, context.sender, token, amount);
      if (!sub.kept && isEmpty(context, name)) {
        context.table(subAccounts).remove({ account: context.sender, name });
      }
      emitMove(context, token, { change: "fromSub", amount, memo: name });
    },
  ),
);

export const createSub = described(
  "Makes a sub-account that stays also when it is empty; one that is there already stays from now on.",
  action({ name: str }, nothing, (context, { name }) => {
    const sub = context.table(subAccounts).get({ account: context.sender, name });
    check(sub?.kept !== true, "sub-account-exists", `there is a sub-account ${name}`);
    addSub(context, name, true);
  }),
);

export const deleteSub = described(
  "Removes an empty sub-account of the sender.",
  action({ name: str }, nothing, (context, { name }) => {
    existingSub(context, name);
    check(isEmpty(context, name), "sub-account-not-empty", `there are tokens in ${name}`);
    context.table(subAccounts).remove({ account: context.sender, name });
  }),
);

export const subBalance = described(
  "Nothing when there is no such sub-account.",
  action({ account, name: str, tokenId: u32 }, option(u64), (context, args) => {
    if (!context.table(subAccounts).has(args)) return undefined;
    return context.table(subBalances).get(args)?.amount ?? 0n;
  }),
);

function addSub(context: ActionContext, name: string, kept: boolean): void {
  const sizeBytes = packText(name).length;
  if (sizeBytes === 0) abort("sub-account-nameless", "a sub-account has a name");
  if (sizeBytes > subAccountBytesMax) {
    abort("sub-account-too-long", `the name has at most ${subAccountBytesMax} bytes`);
  }
  context.table(subAccounts).put({ account: context.sender, name, kept });
}

function existingSub(context: ActionContext, name: string): { readonly kept: boolean } {
  const sub = context.table(subAccounts).get({ account: context.sender, name });
  if (sub === undefined) abort("sub-account-unknown", `there is no sub-account ${name}`);
  return sub;
}

function checkRoom(context: ActionContext, name: string): void {
  const prefix = { account: context.sender, name };
  const held = context.table(subBalances).range({ prefix, limit: subAccountTokensMax }).length;
  if (held < subAccountTokensMax) return;
  abort("sub-account-full", `a sub-account holds at most ${subAccountTokensMax} tokens`);
}

function isEmpty(context: ActionContext, name: string): boolean {
  const prefix = { account: context.sender, name };
  return context.table(subBalances).range({ prefix, limit: 1 }).length === 0;
}

type Move = { readonly change: string; readonly amount: bigint; readonly memo: string };

function emitMove(context: ActionContext, { id: tokenId }: Token, move: Move): void {
  const { sender } = context;
  context.emit(balanceChanged, { tokenId, account: sender, counterparty: sender, ...move });
}
