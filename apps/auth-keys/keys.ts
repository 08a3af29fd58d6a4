import { abort, check } from "@kith/sdk/abort";
import { claimDigest, isClaim, verifySig, webAuthn } from "@kith/sdk/claims";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { implement } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import type { Claim } from "@kith/sdk/system/auth";
import {
  authKeysInterface,
  keyLabelCharsMax,
  keysMax,
  youngSeconds,
  type AccountKey,
  type KeyRole,
} from "@kith/sdk/system/auth-keys";
import type { AccountName } from "@kith/sdk/types";

import { actorOf, acts, type Actor } from "./acting.ts";
import { keyChanged } from "./events.ts";
import { endAllSessions } from "./sessions.ts";
import { counters, keys, type KeyRow } from "./tables.ts";

const { actions } = authKeysInterface;

export const setUp = implement(actions.setUp, (context, args) => {
  const allowed = context.sender === accountsInterface.name || context.blockNum === 1;
  check(allowed, "not-allowed", "only `accounts` sets the first key of a new account");
  addTo(context, args.account, { ...args, role: roleOf(args.claim), isMature: true });
});

export const addKey = implement(actions.addKey, (context, args) => {
  const { rights } = actorOf(context);
  const role = roleOf(args.claim);
  const fits = args.role === role || (args.role === "recovery" && role === "device");
  check(fits, "role-wrong", `what ${args.claim.service} verifies is no ${args.role}`);
  const free = args.role !== "recovery" || rights !== "none";
  check(free, "key-too-young", "only a device or a passkey adds a recovery code");
  const count = keysOfAccount(context, context.sender).length;
  check(count < keysMax, "too-many-keys", `an account has at most ${keysMax} keys`);
  return addTo(context, context.sender, { ...args, isMature: rights === "full" });
});

export const removeKey = implement(actions.removeKey, (context, { id }) => {
  const account = context.sender;
  const known = keysOfAccount(context, account);
  const row = found(known, id);
  checkAge(actorOf(context), row);
  const left = known.some((key) => key.id !== id && acts(key));
  check(left, "last-key", `nobody could act for ${account} any more: add another key first`);
  context.table(keys).remove(row);
  tell(context, row, "removed");
  endAllSessions(context, account);
});

export const renameKey = implement(actions.renameKey, (context, { id, label }) => {
  const row = found(keysOfAccount(context, context.sender), id);
  // A key that calls itself what another one is called gets that one removed in its place.
  checkAge(actorOf(context), row);
  checkLabel(label);
  const renamed = { ...row, label };
  context.table(keys).put(renamed);
  tell(context, renamed, "renamed");
});

type NewKey = {
  readonly claim: Claim;
  readonly role: KeyRole;
  readonly label: string;
  readonly isMature: boolean;
};

export function addTo(context: ActionContext, account: AccountName, key: NewKey): number {
  const { claim, role, label } = key;
  checkLabel(label);
  const digest = claimDigest(context, claim);
  const known = context.table(keys).has({ account, digest });
  check(!known, "key-known", `${account} has this key already`);
  const id = (context.table(counters).get({ account })?.lastId ?? 0) + 1;
  context.table(counters).put({ account, lastId: id });
  const addedAt = context.blockTime;
  const matureAt = key.isMature ? addedAt : addedAt + youngSeconds * 1_000_000;
  const row = { account, digest, id, claim, role, label, addedAt, matureAt };
  context.table(keys).put(row);
  tell(context, row, "added");
  return id;
}

/** The oldest first. */
export function keysOfAccount(context: QueryContext, account: AccountName): readonly KeyRow[] {
  const rows = context.table(keys).range({ prefix: { account }, limit: 1000 });
  return rows.toSorted((a, b) => a.id - b.id);
}

export function shownKey({ id, claim, role, label, addedAt, matureAt }: KeyRow): AccountKey {
  return { id, claim, role, label, addedAt, matureAt };
}

/** What a claim can be the key of: no other verify service is known to prove who somebody is. */
export function roleOf(claim: Claim): "device" | "passkey" {
  const able = claim.service === verifySig || claim.service === webAuthn;
  check(
    able && isClaim(claim),
    "claim-malformed",
    "a key is an Ed25519 or P-256 key, or a passkey",
  );
  return claim.service === webAuthn ? "passkey" : "device";
}

export function checkLabel(label: string): void {
  const fits = label.length > 0 && label.length <= keyLabelCharsMax && !/\p{C}/u.test(label);
  check(
    fits,
    "label-malformed",
    `a label has 1 to ${keyLabelCharsMax} characters that can be read`,
  );
}

function found(known: readonly KeyRow[], id: number): KeyRow {
  const row = known.find((key) => key.id === id);
  if (row === undefined) abort("key-unknown", `there is no key ${id}`);
  return row;
}

/** Whoever came in by a recovery code or by friends may not push out those who were there before. */
function checkAge(actor: Actor, { id }: KeyRow): void {
  const allowed = actor.rights === "full" || (actor.rights === "young" && actor.olderThan <= id);
  check(
    allowed,
    "key-too-young",
    "a young key does not touch older ones; wait, or use an older key",
  );
}

function tell(context: ActionContext, row: KeyRow, step: "added" | "removed" | "renamed"): void {
  const { account, id, role, label, matureAt } = row;
  context.emit(keyChanged, { account, step, id, role, label, matureAt });
}
