import { abort, check } from "@kith/sdk/abort";
import { keyClaim, provesClaim, provesKey } from "@kith/sdk/claims";
import type { ActionContext } from "@kith/sdk/context";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { guestSeconds, inviteInterface } from "@kith/sdk/system/invite";
import { quotasInterface } from "@kith/sdk/system/quotas";
import type { AccountName } from "@kith/sdk/types";

import { accepted } from "./events.ts";
import { countUse, provedInvite, requireOpen } from "./open-invite.ts";
import { acceptances, invites, type InviteRow } from "./tables.ts";

const { actions } = inviteInterface;

export const accept = implement(actions.accept, (context, args) => {
  const { name, claim } = args;
  check(context.sender === context.self, "not-allowed", "this is sent by the account `invite`");
  const row = provedInvite(context);
  // Everybody who has seen the link has its key.
  const isFresh = !provesClaim([keyClaim(row.key)], claim);
  check(isFresh, "key-of-invite", "the new account needs a key of its own");
  context.call(accountsInterface).createInvited(args);
  countUse(context, row);
  record(context, row, { account: name, isNew: true });
  const until = context.blockTime + guestSeconds * 1_000_000;
  context.call(quotasInterface).sponsorGuest({ account: name, sponsor: row.inviter, until });
});

export const join = implement(actions.join, (context, { key }) => {
  const account = context.sender;
  const row = context.table(invites).get({ key });
  if (row === undefined) abort("invite-unknown", "there is no invite with this key");
  const proved = provesKey(context.claims, key);
  check(proved, "key-not-proved", "the transaction has to be signed with the invite's key, too");
  requireOpen(context, row);
  check(account !== row.inviter, "own-invite", "nobody invites himself");
  const { app } = row;
  const before = context.table(acceptances).has({ account, app });
  check(!before, "joined-already", `${account} has come to ${app} by an invite before`);
  countUse(context, row);
  record(context, row, { account, isNew: false });
});

export const acceptanceOf = implement(actions.acceptanceOf, (context, args) =>
  context.table(acceptances).get(args),
);

function record(
  context: ActionContext,
  { key, inviter, app }: InviteRow,
  who: { readonly account: AccountName; readonly isNew: boolean },
): void {
  context.table(acceptances).put({ ...who, app, inviter, key, at: context.blockTime });
  context.emit(accepted, { ...who, app, inviter });
}
