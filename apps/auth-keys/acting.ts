import { claimCodec, claimDigest } from "@kith/sdk/claims";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { accountsInterface } from "@kith/sdk/system/accounts";
import type { Authorization } from "@kith/sdk/system/auth";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import { methodNameConstant, type AccountName } from "@kith/sdk/types";

import { keys, type KeyRow } from "./tables.ts";

/** Otherwise it would be made for each transaction. */
claimCodec.prepare?.();

const named = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map(methodNameConstant));
/**
 * What decides for good who acts for the account, for one that it owns, or for the network. Code is among it, because it
 * acts in the account's name without anybody's signature.
 */
const decisive = new Map<string, ReadonlySet<string> | "everything">([
  ["accounts", named("setAuthService", "lock")],
  ["auth-delg", named("setOwner")],
  ["auth-group", named("setGroup")],
  ["auth-sig", named("setKey", "setClaim")],
  ["setcode", "everything"],
  ["transact", named("setNetwork")],
]);
/** What is agreed to by an answer may be anything of this. */
const answering = named("accept", "propose");
/** A recovery code lies in a drawer: whoever finds it may bring a key along, which is then young, and nothing else. */
const byRecoveryCode = named("addKey", "vetoRecovery");
const [finishMethod] = named("finishRecovery");

type Asked = Pick<Authorization, "service" | "method">;

/** The account's keys that the transaction proves. */
export function provedKeys(context: ActionContext, account: AccountName): readonly KeyRow[] {
  const rows = context.table(keys);
  return context.claims.flatMap((claim) => {
    const row = rows.get({ account, digest: claimDigest(context, claim) });
    return row === undefined ? [] : [row];
  });
}

/** Devices and passkeys act; recovery codes do not. */
export function acts({ role }: KeyRow): boolean {
  return role !== "recovery";
}

function isMature(context: QueryContext, { matureAt }: KeyRow): boolean {
  return matureAt <= context.blockTime;
}

/** What a young key could use to get rid of older ones for good. */
export function needsMature({ service, method }: Asked): boolean {
  const methods = decisive.get(service);
  return methods === "everything" || methods?.has(method) === true;
}

/** In the name of a group, or by a proposal: there an answer to another proposal is looked at no further. */
export function needsMatureForOthers(asked: Asked): boolean {
  return needsMature(asked) || (asked.service === "staged-tx" && answering.has(asked.method));
}

/** Whether these keys suffice. Asks for the time only where it matters, so that answers can be remembered. */
export function suffice(
  context: ActionContext,
  proved: readonly KeyRow[],
  isMatureNeeded: boolean,
): boolean {
  const acting = proved.filter(acts);
  return isMatureNeeded ? acting.some((key) => isMature(context, key)) : acting.length > 0;
}

export function sufficesOnPaper(proved: readonly KeyRow[], { service, method }: Asked): boolean {
  return proved.length > 0 && service === authKeysInterface.name && byRecoveryCode.has(method);
}

export function isFinishing({ service, method }: Asked): boolean {
  return service === authKeysInterface.name && method === finishMethod;
}

/** With which right somebody changes his own keys and friends. */
export type Actor =
  /** With a mature device or passkey, or of an account whose own auth service has agreed. */
  | { readonly rights: "full" }
  /** `olderThan`: the id of the oldest key that was proved. */
  | { readonly rights: "young"; readonly olderThan: number }
  /** By no key of the account at all: its own code, or a proposal that was agreed to before. */
  | { readonly rights: "none" };

export function actorOf(context: ActionContext): Actor {
  const account = context.sender;
  const authService = context.call(accountsInterface).authServiceOf({ name: account });
  if (authService !== context.self) return { rights: "full" };
  const acting = provedKeys(context, account).filter(acts);
  if (acting.some((key) => isMature(context, key))) return { rights: "full" };
  if (acting.length === 0) return { rights: "none" };
  return { rights: "young", olderThan: Math.min(...acting.map(({ id }) => id)) };
}
