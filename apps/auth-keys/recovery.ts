import { abort, check } from "@kith/sdk/abort";
import { claimDigest, provesClaim } from "@kith/sdk/claims";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  authKeysInterface,
  friendsMax,
  recoveryHeldSeconds,
  type Recovery,
} from "@kith/sdk/system/auth-keys";
import type { AccountName } from "@kith/sdk/types";

import { recoveryChanged, type RecoveryStep } from "./events.ts";
import { addTo, checkLabel, roleOf } from "./keys.ts";
import {
  friendRules,
  friends,
  keys,
  recoveries,
  type FriendRules,
  type RecoveryRow,
} from "./tables.ts";

const { actions } = authKeysInterface;

export const startRecovery = implement(actions.startRecovery, (context, args) => {
  const { account, claim, label } = args;
  const rules = checkFriend(context, account);
  checkByKeys(context, account);
  roleOf(claim);
  checkLabel(label);
  const known = context.table(keys).has({ account, digest: claimDigest(context, claim) });
  check(!known, "key-known", `${account} has this key already`);
  const by = context.sender;
  const heldSince = heldFrom(context, account);
  const startedAt = context.blockTime;
  const row = { account, claim, label, startedBy: by, startedAt, heldSince, supporters: [by] };
  askFriends(context, account, startedAt);
  keep(context, row, rules, "started");
});

export const supportRecovery = implement(actions.supportRecovery, (context, { account, claim }) => {
  const rules = checkFriend(context, account);
  const row = underWay(context, account);
  // What is not the claim that the friend has looked at may be somebody else's.
  check(provesClaim([row.claim], claim), "recovery-changed", "another key is asked for by now");
  const { supporters } = row;
  const { sender } = context;
  check(!supporters.includes(sender), "supports-already", `${sender} has agreed already`);
  keep(context, { ...row, supporters: [...supporters, sender] }, rules, "supported");
});

export const withdrawSupport = implement(actions.withdrawSupport, (context, { account }) => {
  const rules = checkFriend(context, account);
  const row = underWay(context, account);
  const supporters = row.supporters.filter((name) => name !== context.sender);
  const had = supporters.length < row.supporters.length;
  check(had, "no-support", `${context.sender} has not agreed`);
  if (supporters.length === 0) end(context, row, "withdrawn");
  else keep(context, { ...row, supporters }, rules, "withdrawn");
});

export const vetoRecovery = implement(actions.vetoRecovery, (context) => {
  end(context, underWay(context, context.sender), "vetoed");
});

export const finishRecovery = implement(actions.finishRecovery, (context, { account }) => {
  const row = underWay(context, account);
  const { claim, label } = row;
  checkByKeys(context, account);
  if (row.readyAt === undefined) abort("support-missing", "not enough friends agree yet");
  check(isReady(context, row), "recovery-waits", "the owner can still object: wait for the delay");
  // Beyond `keysMax` if need be: whoever has lost so many keys can still come back, and each time takes a day.
  addTo(context, account, { claim, label, role: roleOf(claim), isMature: false });
  end(context, row, "finished");
});

/** By the owner, who is there. */
export function endRecovery(context: ActionContext, account: AccountName): void {
  const row = context.table(recoveries).get({ account });
  if (row !== undefined) end(context, row, "vetoed");
}

/** So that the key that waits can finish by itself, once nobody can object any more. */
export function isReadyFor(context: ActionContext, account: AccountName): boolean {
  const row = context.table(recoveries).get({ account });
  if (row === undefined || !provesClaim(context.claims, row.claim)) return false;
  return isReady(context, row);
}

export function recoveryOfAccount(
  context: QueryContext,
  account: AccountName,
): Recovery | undefined {
  const row = context.table(recoveries).get({ account });
  const rules = context.table(friendRules).get({ account });
  if (row === undefined || rules === undefined) return undefined;
  const { claim, label, startedBy, startedAt, supporters, readyAt } = row;
  const { threshold } = rules;
  const shown = { account, claim, label, startedBy, startedAt, supporters, threshold };
  return readyAt === undefined ? shown : { ...shown, readyAt };
}

function isReady(context: QueryContext, { readyAt }: RecoveryRow): boolean {
  return readyAt !== undefined && readyAt <= context.blockTime;
}

/**
 * Since when the sender's recovery is the account's. One that nobody else supports keeps others off for a while only,
 * however often its friend starts it anew: otherwise a single friend could make recovery impossible.
 */
function heldFrom(context: ActionContext, account: AccountName): number {
  const before = context.table(recoveries).get({ account });
  const now = context.blockTime;
  if (before === undefined) return now;
  if (before.startedBy === context.sender) return before.heldSince;
  const heldUntil = before.heldSince + recoveryHeldSeconds * 1_000_000;
  const stale = before.supporters.length === 1 && before.readyAt === undefined && heldUntil <= now;
  check(stale, "recovery-under-way", `${before.startedBy} has started one: support it, or wait`);
  return now;
}

/** The delay runs for as long as enough friends agree, and anew when they agree anew. */
function keep(
  context: ActionContext,
  row: RecoveryRow,
  { threshold, delaySeconds }: FriendRules,
  step: RecoveryStep,
): void {
  const { readyAt: before, ...rest } = row;
  const enough = row.supporters.length >= threshold;
  const readyAt = enough ? (before ?? context.blockTime + delaySeconds * 1_000_000) : undefined;
  const kept = readyAt === undefined ? rest : { ...rest, readyAt };
  context.table(recoveries).put(kept);
  tell(context, kept, step);
}

function end(context: ActionContext, row: RecoveryRow, step: RecoveryStep): void {
  context.table(recoveries).remove(row);
  askFriends(context, row.account, 0);
  tell(context, row, step);
}

function askFriends(context: ActionContext, account: AccountName, askedAt: number): void {
  const rows = context.table(friends);
  const ofAccount = rows.range({ prefix: { account }, limit: friendsMax });
  for (const row of ofAccount) rows.put({ ...row, askedAt });
}

function tell(context: ActionContext, row: RecoveryRow, step: RecoveryStep): void {
  const { account, label, readyAt } = row;
  const told = { account, step, by: context.sender, label };
  context.emit(recoveryChanged, readyAt === undefined ? told : { ...told, readyAt });
}

function checkFriend(context: ActionContext, account: AccountName): FriendRules {
  const rules = context.table(friendRules).get({ account });
  const isFriend = context.table(friends).has({ account, friend: context.sender });
  if (rules === undefined || !isFriend) {
    abort("not-a-friend", `${account} does not count on ${context.sender} for its recovery`);
  }
  return rules;
}

/** An account may have moved to another auth service; a key that waits here would wait for its return. */
function checkByKeys(context: ActionContext, account: AccountName): void {
  const authService = context.call(accountsInterface).authServiceOf({ name: account });
  check(authService === context.self, "not-by-keys", `keys do not decide about ${account}`);
}

function underWay(context: ActionContext, account: AccountName): RecoveryRow {
  const row = context.table(recoveries).get({ account });
  if (row === undefined) abort("no-recovery", `no recovery of ${account} is under way`);
  return row;
}
