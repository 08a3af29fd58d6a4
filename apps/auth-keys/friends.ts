import { check } from "@kith/sdk/abort";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  authKeysInterface,
  friendsMax,
  recoveryDelaySecondsMax,
  recoveryDelaySecondsMin,
  type Friends,
} from "@kith/sdk/system/auth-keys";
import type { AccountName } from "@kith/sdk/types";

import { actorOf } from "./acting.ts";
import { friendsChanged } from "./events.ts";
import { endRecovery } from "./recovery.ts";
import { friendRules, friends } from "./tables.ts";

const { actions } = authKeysInterface;

export const setFriends = implement(actions.setFriends, (context, wanted) => {
  checkFriends(context, wanted);
  const account = context.sender;
  removeFriends(context);
  for (const friend of wanted.friends) context.table(friends).put({ account, friend, askedAt: 0 });
  const { threshold, delaySeconds } = wanted;
  context.table(friendRules).put({ account, threshold, delaySeconds });
  context.emit(friendsChanged, { account, cleared: false });
});

export const clearFriends = implement(actions.clearFriends, (context) => {
  const had = removeFriends(context);
  check(had, "no-friends", `${context.sender} counts on no friends`);
  context.emit(friendsChanged, { account: context.sender, cleared: true });
});

export function friendsOfAccount(context: QueryContext, account: AccountName): Friends | undefined {
  const rules = context.table(friendRules).get({ account });
  if (rules === undefined) return undefined;
  const rows = context.table(friends).range({ prefix: { account }, limit: friendsMax });
  const { threshold, delaySeconds } = rules;
  return { friends: rows.map(({ friend }) => friend), threshold, delaySeconds };
}

/** Whoever chooses friends anew is there: a recovery that was under way is over. False when there were none. */
function removeFriends(context: ActionContext): boolean {
  const account = context.sender;
  const { rights } = actorOf(context);
  check(
    rights === "full",
    "key-too-young",
    "a young key does not choose friends; use an older key",
  );
  endRecovery(context, account);
  const before = friendsOfAccount(context, account);
  for (const friend of before?.friends ?? []) context.table(friends).remove({ account, friend });
  return context.table(friendRules).remove({ account });
}

function checkFriends(context: ActionContext, wanted: Friends): void {
  const { friends: names, threshold, delaySeconds } = wanted;
  check(names.length > 0, "no-friends", "name at least one friend");
  check(names.length <= friendsMax, "too-many-friends", `at most ${friendsMax} friends`);
  check(new Set(names).size === names.length, "friend-repeated", "a friend is named twice");
  check(!names.includes(context.sender), "friend-is-self", "whoever is locked out cannot help");
  const reachable = threshold > 0 && threshold <= names.length;
  check(reachable, "threshold-wrong", `1 to ${names.length} of these friends can be asked for`);
  const inRange =
    delaySeconds >= recoveryDelaySecondsMin && delaySeconds <= recoveryDelaySecondsMax;
  const [hoursMin, daysMax] = [recoveryDelaySecondsMin / 3600, recoveryDelaySecondsMax / 86_400];
  check(inRange, "delay-wrong", `the delay is ${hoursMin} hours to ${daysMax} days`);
  const known = context.call(accountsInterface).authServicesOf({ names });
  for (const [i, name] of names.entries()) {
    check(known[i] !== undefined, "account-unknown", `there is no account ${name}`);
  }
}
