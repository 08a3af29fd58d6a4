import { check } from "@kith/sdk/abort";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { inviteInterface } from "@kith/sdk/system/invite";
import { methodNameConstant } from "@kith/sdk/types";

import { accept, acceptanceOf, join } from "./accepting.ts";
import { accepted, inviteChanged } from "./events.ts";
import { createInvite, revokeInvite, setOwnerOnly, setRules } from "./inviting.ts";
import { provedInvite } from "./open-invite.ts";
import * as queries from "./queries.ts";
import { acceptances, appRules, invites, settings } from "./tables.ts";

const { actions } = inviteInterface;
const acceptMethod = methodNameConstant("accept");

/**
 * The account `invite` belongs to the owner of the network like those of other system apps, so `auth-delg` decides about
 * it; but whoever proves an open invite may have it accept.
 */
const checkAuth = implement(actions.checkAuth, (context, args) => {
  const { sender, service: target, method } = args;
  check(sender === context.self, "not-by-invites", `invites do not decide about ${sender}`);
  if (target === context.self && method === acceptMethod) provedInvite(context);
  else context.call(authDelegateInterface).checkAuth(args);
});

const canAuthUser = implement(actions.canAuthUser, (context, args) =>
  args.account === context.self ? context.call(authDelegateInterface).canAuthUser(args) : false,
);

const isAuthorized = implement(actions.isAuthorized, (context, args) =>
  context.call(authDelegateInterface).isAuthorized(args),
);

const isRejected = implement(actions.isRejected, (context, args) =>
  context.call(authDelegateInterface).isRejected(args),
);

const hasSay = implement(actions.hasSay, (context, args) =>
  context.call(authDelegateInterface).hasSay(args),
);

export const invite: ServiceModule = service("invite", {
  doc: "Links that carry a one-time key: whoever holds it may come in, and the inviter pays.",
  tables: [invites, acceptances, appRules, settings],
  actions: {
    checkAuth,
    canAuthUser,
    isAuthorized,
    isRejected,
    hasSay,
    createInvite,
    revokeInvite,
    setRules,
    setOwnerOnly,
    accept,
    join,
    acceptanceOf,
  },
  queries,
  events: [inviteChanged, accepted],
}).module;
