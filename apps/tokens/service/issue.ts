import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { action } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { account, bool, option, str, u32, u64, u8, type AccountName } from "@kith/sdk/types";

import { formatAmount } from "./amounts.ts";
import { addBalance, checkPositive, takeBalance, tokenOf, type Token } from "./balances.ts";
import { balanceChanged, configured, supplyChanged } from "./events.ts";
import { checkTokenFlag, hasFlag, tokenFlags, withFlag } from "./flags.ts";
import { precisionMax } from "./limits.ts";
import { checkMemo } from "./memo.ts";
import { counters, tokens } from "./tables.ts";

/** What issuers do with their tokens, and holders to the supply. */

export const create = described(
  "Creates a token whose issuer is the sender; gives its number. Its precision and the most that will ever be issued never change.",
  action({ precision: u8, maxIssued: u64 }, u32, (context, { precision, maxIssued }) => {
    check(
      precision <= precisionMax,
      "precision-too-high",
      `a token has at most ${precisionMax} digits behind the point`,
    );
    check(maxIssued > 0n, "supply-zero", "a token of which none can be issued is none");
    const id = nextTokenId(context);
    const { sender } = context;
    const supply = { issued: 0n, burned: 0n, maxIssued };
    context.table(tokens).put({ id, issuer: sender, precision, flags: 0, ...supply });
    const change = `created, at most ${formatAmount(maxIssued, precision)}`;
    context.emit(configured, { tokenId: id, by: sender, change });
    return id;
  }),
);

export const mint = described(
  "By the issuer: brings tokens into existence, in the issuer's own balance.",
  action(
    { tokenId: u32, amount: u64, memo: str },
    nothing,
    (context, { tokenId, amount, memo }) => {
      const token = issuedBySender(context, tokenId);
      checkPositive(amount);
      checkMemo(memo);
      const issued = token.issued + amount;
      check(issued <= token.maxIssued, "supply-exceeded", overSupply(token));
      context.table(tokens).put({ ...token, issued });
      addBalance(context, context.sender, token, amount);
      const cause = { minted: {} };
      context.emit(supplyChanged, { tokenId, by: context.sender, cause, amount, memo });
    },
  ),
);

export const burn = described(
  "Destroys tokens of the sender. What is burned cannot be issued again.",
  action({ tokenId: u32, amount: u64, memo: str }, nothing, (context, args) => {
    const { tokenId, amount, memo } = args;
    const by = context.sender;
    destroy(context, tokenOf(context, tokenId), { ...args, from: by });
    const change = { tokenId, account: by, counterparty: by, change: "burned", amount, memo };
    context.emit(balanceChanged, change);
    context.emit(supplyChanged, { tokenId, by, cause: { burned: {} }, amount, memo });
  }),
);

export const recall = described(
  "By the issuer, unless the token is unrecallable: destroys tokens of any account.",
  action({ tokenId: u32, from: account, amount: u64, memo: str }, nothing, (context, args) => {
    const { tokenId, from, amount, memo } = args;
    const token = issuedBySender(context, tokenId);
    const final = hasFlag(token.flags, tokenFlags.unrecallable);
    check(!final, "token-unrecallable", `token ${tokenId} cannot be recalled`);
    destroy(context, token, args);
    const by = context.sender;
    const change = { tokenId, account: from, counterparty: by, change: "recalled", amount, memo };
    context.emit(balanceChanged, change);
    context.emit(supplyChanged, { tokenId, by, cause: { recalled: from }, amount, memo });
  }),
);

export const setTokenFlag = described(
  "By the issuer. Flag 0: untransferable, only the issuer may credit it. Flag 1: unrecallable, for ever.",
  action({ tokenId: u32, flag: u8, enabled: bool }, nothing, (context, args) => {
    const { tokenId, flag, enabled } = args;
    const token = issuedBySender(context, tokenId);
    checkTokenFlag(flag, enabled);
    context.table(tokens).put({ ...token, flags: withFlag(token.flags, flag, enabled) });
    const change = `flag ${flag} ${enabled ? "on" : "off"}`;
    context.emit(configured, { tokenId, by: context.sender, change });
  }),
);

export const setIssuer = described(
  "By the issuer: hands the token over, or, without an account, gives it up so that nobody issues or recalls it ever again.",
  action({ tokenId: u32, issuer: option(account) }, nothing, (context, { tokenId, issuer }) => {
    const token = issuedBySender(context, tokenId);
    if (issuer !== undefined) checkExists(context, issuer);
    // The service itself never acts as an issuer.
    context.table(tokens).put({ ...token, issuer: issuer ?? context.self });
    const change = issuer === undefined ? "given up" : `handed over to ${issuer}`;
    context.emit(configured, { tokenId, by: context.sender, change });
  }),
);

export function checkExists(context: ActionContext, name: AccountName): void {
  const exists = context.call(accountsInterface).exists({ name });
  check(exists, "account-unknown", `there is no account ${name}`);
}

function issuedBySender(context: ActionContext, tokenId: number): Token {
  const token = tokenOf(context, tokenId);
  check(token.issuer === context.sender, "not-the-issuer", `${token.issuer} issues this token`);
  return token;
}

type Destroyed = { readonly from: AccountName; readonly amount: bigint; readonly memo: string };

function destroy(context: ActionContext, token: Token, { from, amount, memo }: Destroyed): void {
  checkPositive(amount);
  checkMemo(memo);
  takeBalance(context, from, token, amount);
  context.table(tokens).put({ ...token, burned: token.burned + amount });
}

function nextTokenId(context: ActionContext): number {
  const last = context.table(counters).get({ id: 0 })?.lastTokenId ?? 0;
  if (last === 0xffff_ffff) abort("tokens-exhausted", "there are no numbers left for tokens");
  context.table(counters).put({ id: 0, lastTokenId: last + 1 });
  return last + 1;
}

function overSupply({ id, maxIssued, issued, precision }: Token): string {
  return `of token ${id} only ${formatAmount(maxIssued - issued, precision)} more can be issued`;
}
