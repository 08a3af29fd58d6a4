import { abort, check } from "@kith/sdk/abort";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { answering } from "@kith/sdk/query";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import type { AccountName } from "@kith/sdk/types";

import { boardInterface, boardQueries } from "../interface.ts";
import { moderated } from "./events.ts";
import { bans, roles } from "./tables.ts";
import { checkReason } from "./texts.ts";

/** What somebody may do: more with every step. */
export const roleNumbers = { member: 0, moderator: 1, owner: 2 } as const;
export type Role = keyof typeof roleNumbers;

export const appoint = described(
  'By owners: makes an account "moderator" or "owner", whatever it was before.',
  implement(boardInterface.actions.appoint, (context, { account: name, role }) => {
    checkRole(context, "owner");
    checkRanked(context, name);
    if (role !== "moderator" && role !== "owner") {
      abort("role-unknown", "there are moderators and owners");
    }
    const exists = context.call(accountsInterface).exists({ name });
    check(exists, "account-unknown", `there is no account ${name}`);
    context.table(roles).put({ account: name, role: roleNumbers[role], since: context.blockTime });
    const measure = { appointed: { account: name, role } };
    context.emit(moderated, { by: context.sender, measure, reason: "" });
  }),
);

export const dismiss = described(
  "By owners, and by moderators themselves: makes an account an ordinary member.",
  implement(boardInterface.actions.dismiss, (context, { account: name, reason }) => {
    checkReason(reason);
    if (name !== context.sender) checkRole(context, "owner");
    checkRanked(context, name);
    const was = context.table(roles).remove({ account: name });
    check(was, "role-unknown", `${name} has no role`);
    const measure = { dismissed: { account: name } };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

export const standing = described(
  "What an account may do here, and why it may not write.",
  answering(boardQueries.standing, (context, { account: name }) => {
    const role = roleOf(context, name);
    const found = roleNames.find((each) => roleNumbers[each] === role) ?? "member";
    const ban = context.table(bans).get({ account: name });
    const isBanned = ban !== undefined && (ban.until ?? Infinity) > context.blockTime;
    return { role: found, ...(isBanned ? { banned: ban.reason } : {}) };
  }),
);

const roleNames = ["member", "moderator", "owner"] as const;

/** The board's own account owns it, so that there is always somebody. */
export function roleOf(context: QueryContext, name: AccountName): number {
  if (name === context.self) return roleNumbers.owner;
  return context.table(roles).get({ account: name })?.role ?? roleNumbers.member;
}

export function checkRole(context: ActionContext, needed: Role): void {
  const role = roleOf(context, context.sender);
  check(role >= roleNumbers[needed], "role-insufficient", `only a ${needed} does this`);
}

function checkRanked(context: ActionContext, name: AccountName): void {
  check(name !== context.self, "role-fixed", "the board's own account owns it always");
}
