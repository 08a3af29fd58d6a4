import { abort, check } from "@kith/sdk/abort";
import { claimDigest } from "@kith/sdk/claims";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";

import {
  acts,
  isFinishing,
  needsMature,
  needsMatureForOthers,
  provedKeys,
  suffice,
  sufficesOnPaper,
} from "./acting.ts";
import { friendsChanged, keyChanged, recoveryChanged, sessionsEnded } from "./events.ts";
import { clearFriends, setFriends } from "./friends.ts";
import { addKey, keysOfAccount, removeKey, renameKey, setUp, shownKey } from "./keys.ts";
import * as queries from "./queries.ts";
import {
  finishRecovery,
  isReadyFor,
  startRecovery,
  supportRecovery,
  vetoRecovery,
  withdrawSupport,
} from "./recovery.ts";
import { endSessions, tokensValidFrom } from "./sessions.ts";
import * as tables from "./tables.ts";

const { actions } = authKeysInterface;

const checkAuth = implement(actions.checkAuth, (context, args) => {
  const proved = provedKeys(context, args.sender);
  if (suffice(context, proved, needsMature(args)) || sufficesOnPaper(proved, args)) return;
  if (isFinishing(args) && isReadyFor(context, args.sender)) return;
  check(!proved.some(acts), "key-too-young", "this takes a key that was added days ago");
  const onPaper = proved.length > 0;
  check(!onPaper, "recovery-only", "a recovery code only adds a key or stops a recovery");
  abort("wrong-key", `the transaction is not signed with a key of ${args.sender}`);
});

const canAuthUser = implement(actions.canAuthUser, (context, args) =>
  keysOfAccount(context, args.account).some(acts),
);

/** What was agreed to earlier may have been agreed to with a young key. */
const isAuthorized = implement(actions.isAuthorized, (context, args) => {
  if (!args.by.includes(args.sender)) return false;
  const isMatureNeeded = needsMatureForOthers(args);
  return !isMatureNeeded || suffice(context, provedKeys(context, args.sender), isMatureNeeded);
});

const isRejected = implement(actions.isRejected, (_context, { sender, by }) => by.includes(sender));
const hasSay = implement(actions.hasSay, (_context, args) => args.account === args.by);

const keyOf = implement(actions.keyOf, (context, args) => {
  const digest = claimDigest(context, args.claim);
  const row = context.table(tables.keys).get({ account: args.account, digest });
  return row === undefined ? undefined : shownKey(row);
});

const sufficesFor = implement(actions.sufficesFor, (context, { accounts, ...asked }) =>
  accounts.map((name) => suffice(context, provedKeys(context, name), needsMatureForOthers(asked))),
);

export const authKeys: ServiceModule = service("auth-keys", {
  doc: "Accounts that belong to the keys of a person's devices, and to friends when those are lost.",
  tables: [
    tables.keys,
    tables.counters,
    tables.friends,
    tables.friendRules,
    tables.recoveries,
    tables.sessionEnds,
    tables.appSessionEnds,
  ],
  actions: {
    checkAuth,
    canAuthUser,
    isAuthorized,
    isRejected,
    hasSay,
    setUp,
    addKey,
    removeKey,
    renameKey,
    setFriends,
    clearFriends,
    startRecovery,
    supportRecovery,
    withdrawSupport,
    vetoRecovery,
    finishRecovery,
    endSessions,
    tokensValidFrom,
    keyOf,
    sufficesFor,
  },
  queries,
  events: [keyChanged, friendsChanged, recoveryChanged, sessionsEnded],
}).module;
