import { abort } from "@kith/sdk/abort";
import { keyClaim, verifySig } from "@kith/sdk/claims";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import type { Invite, InviteState } from "@kith/sdk/system/invite";
import { quotasInterface } from "@kith/sdk/system/quotas";

import { inviteChanged } from "./events.ts";
import { invites, type InviteRow } from "./tables.ts";

function stateOf(context: QueryContext, row: InviteRow): InviteState {
  if (row.isRevoked) return "revoked";
  if (row.uses >= row.usesMax) return "used-up";
  return row.expiresAt <= context.blockTime ? "expired" : "open";
}

export function shownInvite(context: QueryContext, row: InviteRow): Invite {
  const { key, inviter, app, createdAt, expiresAt, usesMax, uses, memo } = row;
  const state = stateOf(context, row);
  return { key, inviter, app, createdAt, expiresAt, usesMax, uses, memo, state };
}

/** The first open invite whose key the transaction proves, which is also whose inviter pays for the transaction. */
export function provedInvite(context: ActionContext): InviteRow {
  const known = context.claims.flatMap(({ service, rawData }) => {
    const row = service === verifySig ? context.table(invites).get({ key: rawData }) : undefined;
    return row === undefined ? [] : [row];
  });
  const [first] = known;
  if (first === undefined) abort("invite-unknown", "the transaction proves the key of no invite");
  return known.find((row) => stateOf(context, row) === "open") ?? refuse(context, first);
}

export function requireOpen(context: ActionContext, row: InviteRow): InviteRow {
  return stateOf(context, row) === "open" ? row : refuse(context, row);
}

/** Counts a use; after the last one nobody pays for the key any more. */
export function countUse(context: ActionContext, row: InviteRow): void {
  const used = { ...row, uses: row.uses + 1 };
  if (used.uses < used.usesMax) {
    context.table(invites).put(used);
    return;
  }
  endInvite(context, used, "used-up");
}

export function endInvite(
  context: ActionContext,
  row: InviteRow,
  step: "revoked" | "used-up",
): void {
  context.table(invites).put({ ...row, endsAt: context.blockTime });
  context.call(quotasInterface).endClaim({ claim: keyClaim(row.key) });
  context.emit(inviteChanged, { inviter: row.inviter, app: row.app, step });
}

function refuse(context: ActionContext, row: InviteRow): never {
  switch (stateOf(context, row)) {
    case "revoked":
      return abort("invite-revoked", `${row.inviter} has taken this invite back`);
    case "used-up":
      return abort("invite-used-up", "this invite has been used as often as it may be");
    case "expired":
    case "open":
      return abort("invite-expired", `this invite is over; ask ${row.inviter} for another one`);
  }
}
