import { answering } from "@kith/sdk/query";
import { inviteQueries } from "@kith/sdk/system/invite-queries";

import { isOwnerOnly, whyNot } from "./inviting.ts";
import { listedMax } from "./limits.ts";
import { shownInvite } from "./open-invite.ts";
import { acceptances, invites } from "./tables.ts";

export const invitesOf = answering(inviteQueries.invitesOf, (context, { inviter }) =>
  context
    .table(invites)
    .range({ index: "byMaking", prefix: { inviter }, reverse: true, limit: listedMax })
    .map((row) => shownInvite(context, row)),
);

export const inviteOf = answering(inviteQueries.inviteOf, (context, { key }) => {
  const row = context.table(invites).get({ key });
  return row === undefined ? undefined : shownInvite(context, row);
});

export const invitedBy = answering(inviteQueries.invitedBy, (context, { account }) => {
  const prefix = { account, isNew: true };
  return context.table(acceptances).range({ index: "newcomers", prefix, limit: 1 })[0];
});

export const guestsOf = answering(inviteQueries.guestsOf, (context, { inviter }) =>
  context
    .table(acceptances)
    .range({ index: "byInviter", prefix: { inviter }, reverse: true, limit: listedMax }),
);

export const mayInvite = answering(
  inviteQueries.mayInvite,
  (context, { account, app }) => whyNot(context, account, app) === undefined,
);

export const ownerOnly = answering(inviteQueries.ownerOnly, isOwnerOnly);
