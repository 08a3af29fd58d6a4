import { check } from "@kith/sdk/abort";
import { acting } from "@kith/sdk/acting";
import { checkManager } from "@kith/sdk/callers";
import { inviteLink, inviteSeedBytes } from "@kith/sdk/invite-link";
import { implementFunction, type PluginContext } from "@kith/sdk/plugin";
import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
import { invitePlugin, type InviteTerms } from "@kith/sdk/plugins/invite";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import type { AccountName } from "@kith/sdk/types";

import { checkedPath } from "./invite-link.ts";
import { keepLink, withLinks } from "./kept-links.ts";
import { daysMax, memoCharsMax, usesMax } from "./limits.ts";
import { invitesOfUser } from "./reading.ts";
import { service } from "./service.ts";

const { functions } = invitePlugin;

/** Into the app of whoever calls: nobody invites into another one. The user is asked before it begins (`medium`). */
export const create = implementFunction(functions.create, "medium", (context, terms) =>
  makeInvite(context, context.caller, terms),
);

export const createFor = implementFunction(functions.createFor, "none", (context, args) => {
  checkManager(context);
  const { app, ...terms } = args;
  return makeInvite(context, app, terms);
});

export const list = implementFunction(functions.list, "none", (context) => {
  checkManager(context);
  return withLinks(context, invitesOfUser(context, context.user));
});

export const revoke = implementFunction(functions.revoke, "none", (context, { key }) => {
  checkManager(context);
  acting(context, service).revokeInvite({ key });
});

const daySeconds = 86_400;
/** The newest block may be older than this browser's clock: an invite of 30 days ends a little earlier. */
const slackSeconds = 3600;

function makeInvite(context: PluginContext, app: AccountName, terms: InviteTerms): string {
  const { uses, days, memo } = terms;
  check(uses >= 1 && uses <= usesMax, "uses-wrong", `an invite is for 1 to ${usesMax} people`);
  check(days >= 1 && days <= daysMax, "days-wrong", `an invite is good for 1 to ${daysMax} days`);
  check(memo.length <= memoCharsMax, "memo-malformed", `at most ${memoCharsMax} characters`);
  const path = checkedPath(terms.path);
  const seed = context.call(cryptoPlugin).random({ sizeBytes: inviteSeedBytes });
  const key = context.call(keysPlugin).publicKeyOfSeed({ seed });
  const seconds = days === daysMax ? days * daySeconds - slackSeconds : days * daySeconds;
  const expiresAt = context.about.nowMicros + seconds * 1_000_000;
  acting(context, service).createInvite({ key, app, expiresAt, uses, memo });
  const link = inviteLink(context.about.root, { seed, path });
  keepLink(context, { key, expiresAt, link });
  return link;
}
