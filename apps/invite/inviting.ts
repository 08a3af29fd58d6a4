import { abort, check } from "@kith/sdk/abort";
import { isEd25519Key, keyClaim } from "@kith/sdk/claims";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  inviteInterface,
  inviteMemoCharsMax,
  inviteSecondsMax,
  invitesPerHourMax,
  inviteUsesMax,
  openInvitesMax,
} from "@kith/sdk/system/invite";
import { quotasInterface } from "@kith/sdk/system/quotas";
import { transactInterface } from "@kith/sdk/system/transact";
import type { AccountName } from "@kith/sdk/types";

import { inviteChanged } from "./events.ts";
import { forgottenMax, keptSeconds } from "./limits.ts";
import { endInvite, requireOpen } from "./open-invite.ts";
import { appRules, invites, only, settings } from "./tables.ts";

const { actions } = inviteInterface;
const second = 1_000_000;

export const createInvite = implement(actions.createInvite, (context, args) => {
  const { key, app, expiresAt, uses: usesMax, memo } = args;
  const inviter = context.sender;
  const now = context.blockTime;
  check(isEd25519Key(key), "key-malformed", "an invite's key is the SPKI of an Ed25519 key");
  check(!context.table(invites).has({ key }), "invite-exists", "this key has an invite already");
  checkTerms(context, args);
  checkMay(context, inviter, app);
  checkRate(context, inviter);
  forgetOld(context, inviter);
  const row = { key, inviter, app, createdAt: now, expiresAt, endsAt: expiresAt, usesMax, memo };
  context.table(invites).put({ ...row, uses: 0, isRevoked: false });
  const claim = keyClaim(key);
  context.call(quotasInterface).sponsorClaim({ claim, sponsor: inviter, until: expiresAt });
  context.emit(inviteChanged, { inviter, app, step: "made" });
});

export const revokeInvite = implement(actions.revokeInvite, (context, { key }) => {
  const row = context.table(invites).get({ key });
  if (row === undefined) abort("invite-unknown", "there is no invite with this key");
  const allowed = context.sender === row.inviter || context.sender === row.app;
  check(allowed, "not-the-inviter", `only ${row.inviter} or ${row.app} takes this invite back`);
  endInvite(context, { ...requireOpen(context, row), isRevoked: true }, "revoked");
});

export const setRules = implement(actions.setRules, (context, { byServiceOnly }) => {
  context.table(appRules).put({ app: context.sender, byServiceOnly });
});

export const setOwnerOnly = implement(actions.setOwnerOnly, (context, { ownerOnly }) => {
  const allowed = isNetworkOwner(context, context.sender);
  check(allowed, "not-the-owner", "only the owner of the network says who invites");
  context.table(settings).put({ ...only, ownerOnly });
});

export function isOwnerOnly(context: QueryContext): boolean {
  return context.table(settings).get(only)?.ownerOnly ?? false;
}

/** The code of a refusal; undefined when the account may invite into the app. */
export function whyNot(
  context: QueryContext,
  inviter: AccountName,
  app: AccountName,
): "owner-invites" | "app-invites" | undefined {
  if (isOwnerOnly(context) && !isNetworkOwner(context, inviter)) return "owner-invites";
  const rules = context.table(appRules).get({ app });
  return rules?.byServiceOnly === true && inviter !== app ? "app-invites" : undefined;
}

function checkMay(context: ActionContext, inviter: AccountName, app: AccountName): void {
  const reason = whyNot(context, inviter, app);
  if (reason === undefined) return;
  const who = reason === "app-invites" ? `${app} itself` : "the owner of the network";
  abort(reason, `only ${who} invites here`);
}

function isNetworkOwner(context: QueryContext, name: AccountName): boolean {
  return context.call(transactInterface).network({})?.owner === name;
}

function checkTerms(
  context: ActionContext,
  args: {
    readonly app: AccountName;
    readonly expiresAt: number;
    readonly uses: number;
    readonly memo: string;
  },
): void {
  const { app, expiresAt, uses, memo } = args;
  const known = context.call(accountsInterface).exists({ name: app });
  check(known, "account-unknown", `there is no account ${app}`);
  const ahead = expiresAt - context.blockTime;
  const inTime = ahead > 0 && ahead <= inviteSecondsMax * second;
  const daysMax = inviteSecondsMax / 86_400;
  check(inTime, "expiry-wrong", `an invite ends in the future, within ${daysMax} days`);
  const isCount = uses >= 1 && uses <= inviteUsesMax;
  check(isCount, "uses-wrong", `an invite is for 1 to ${inviteUsesMax} people`);
  const fits = memo.length <= inviteMemoCharsMax && !/\p{Cc}/u.test(memo);
  check(fits, "memo-malformed", `a memo has at most ${inviteMemoCharsMax} characters, in one line`);
}

/** A thief of an account, or a careless app, can bring in a bounded number of people only. */
function checkRate(context: ActionContext, inviter: AccountName): void {
  const rows = context.table(invites);
  const now = context.blockTime;
  const lately = rows.range({
    index: "byMaking",
    prefix: { inviter },
    from: { createdAt: Math.max(0, now - 3600 * second + 1) },
    limit: invitesPerHourMax,
  });
  check(
    lately.length < invitesPerHourMax,
    "too-many-lately",
    `at most ${invitesPerHourMax} invites an hour; try again later`,
  );
  const open = rows.range({
    index: "byEnd",
    prefix: { inviter },
    from: { endsAt: now + 1 },
    limit: openInvitesMax,
  });
  check(
    open.length < openInvitesMax,
    "too-many-invites",
    `at most ${openInvitesMax} open invites; revoke some first`,
  );
}

function forgetOld(context: ActionContext, inviter: AccountName): void {
  const rows = context.table(invites);
  const old = rows.range({
    index: "byEnd",
    prefix: { inviter },
    to: { endsAt: Math.max(0, context.blockTime - keptSeconds * second) },
    limit: forgottenMax,
  });
  for (const row of old) {
    rows.remove(row);
    // One that ended before its time has had its end there, too.
    if (row.endsAt < row.expiresAt) continue;
    context.call(quotasInterface).endClaim({ claim: keyClaim(row.key) });
  }
}
