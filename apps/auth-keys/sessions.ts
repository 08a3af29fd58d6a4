import { check } from "@kith/sdk/abort";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { appsSignedOutMax, authKeysInterface } from "@kith/sdk/system/auth-keys";
import type { AccountName } from "@kith/sdk/types";

import { sessionsEnded } from "./events.ts";
import { appSessionEnds, sessionEnds } from "./tables.ts";

const { actions } = authKeysInterface;

export const endSessions = implement(actions.endSessions, (context, { app }) => {
  const account = context.sender;
  if (app === undefined) return endAllSessions(context, account);
  const known = context.call(accountsInterface).exists({ name: app });
  check(known, "account-unknown", `there is no account ${app}`);
  const apps = context.table(appSessionEnds);
  const isNew = !apps.has({ account, app });
  const count = isNew ? apps.range({ prefix: { account }, limit: appsSignedOutMax }).length : 0;
  check(count < appsSignedOutMax, "too-many-apps", "end the sessions of all apps at once");
  apps.put({ account, app, validFrom: context.blockTime });
  context.emit(sessionsEnded, { account, app });
});

export const tokensValidFrom = implement(actions.tokensValidFrom, validFrom);

/** Those of single apps are then over as well. */
export function endAllSessions(context: ActionContext, account: AccountName): void {
  const apps = context.table(appSessionEnds);
  for (const row of apps.range({ prefix: { account }, limit: appsSignedOutMax })) apps.remove(row);
  context.table(sessionEnds).put({ account, validFrom: context.blockTime });
  context.emit(sessionsEnded, { account });
}

export function validFrom(
  context: QueryContext,
  { account, app }: { readonly account: AccountName; readonly app: AccountName },
): number {
  const all = context.table(sessionEnds).get({ account })?.validFrom ?? 0;
  const ofApp = context.table(appSessionEnds).get({ account, app })?.validFrom ?? 0;
  return Math.max(all, ofApp);
}
