import { abort, check } from "@kith/sdk/abort";
import { toHex } from "@kith/sdk/bytes";
import { provesClaim } from "@kith/sdk/claims";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface, type Authorization } from "@kith/sdk/system/auth";
import { table } from "@kith/sdk/table";
import { account, type AccountName } from "@kith/sdk/types";

import { hashClaim } from "./client.ts";
import { hashLockInterface, lockCodec, type Lock } from "./interface.ts";

const secretBytesMax = 64;

const locks = table("locks", { account, lock: lockCodec }, { key: ["account"] });
const { actions } = hashLockInterface;

/** The claim is a hash, its proof the secret behind it. */
const verify = implement(actions.verify, (context, { claim, proof }) => {
  const fits = proof.length > 0 && proof.length <= secretBytesMax;
  check(fits, "secret-size-wrong", `a secret has 1 to ${secretBytesMax} bytes`);
  check(toHex(context.sha256(proof)) === toHex(claim), "wrong-preimage", "not the secret");
});

/**
 * Once it is revealed everybody knows the secret, also whoever passes the transaction on and could send his own first.
 * So it opens the account for the beneficiary only, whose own auth service is asked as well.
 */
const checkAuth = implement(actions.checkAuth, (context, args) => {
  const lock = existingLock(context, args.sender);
  if (isRevealed(context, lock)) {
    checkAuthOf(context, lock.beneficiary, args);
    return;
  }
  const message = `reveal the secret of ${args.sender}, or wait until ${lock.ownerFrom}`;
  check(isOwnersTime(context, lock), "still-locked", message);
  checkAuthOf(context, lock.owner, args);
});

const canAuthUser = implement(actions.canAuthUser, (context, args) =>
  context.table(locks).has({ account: args.account }),
);

const isAuthorized = implement(actions.isAuthorized, (context, { sender, by }) => {
  const lock = existingLock(context, sender);
  const byBeneficiary = isRevealed(context, lock) && by.includes(lock.beneficiary);
  return byBeneficiary || (isOwnersTime(context, lock) && by.includes(lock.owner));
});

/** Both can act alone, each at his time, so that only both together end a proposal. */
const isRejected = implement(actions.isRejected, (context, { sender, by }) => {
  const { beneficiary, owner } = existingLock(context, sender);
  return by.includes(beneficiary) && by.includes(owner);
});

const hasSay = implement(actions.hasSay, (context, args) => {
  const { beneficiary, owner } = existingLock(context, args.account);
  return args.by === beneficiary || args.by === owner;
});

const setLock = implement(actions.setLock, (context, { lock }) => {
  for (const name of [lock.beneficiary, lock.owner]) {
    const known = context.call(accountsInterface).exists({ name });
    check(known, "account-unknown", `there is no account ${name}`);
    check(name !== context.sender, "delegation-cycle", "an account does not open itself");
  }
  context.table(locks).put({ account: context.sender, lock });
});

const lockOf = implement(
  actions.lockOf,
  (context, args) => context.table(locks).get({ account: args.account })?.lock,
);

export const hashLock: ServiceModule = service("hash-lock", {
  tables: [locks],
  actions: { verify, checkAuth, canAuthUser, isAuthorized, isRejected, hasSay, setLock, lockOf },
}).module;

function existingLock(context: ActionContext, name: AccountName): Lock {
  const row = context.table(locks).get({ account: name });
  if (row === undefined) abort("lock-missing", `${name} has no lock`);
  return row.lock;
}

function isRevealed(context: ActionContext, { hash }: Lock): boolean {
  return provesClaim(context.claims, hashClaim(hash));
}

function isOwnersTime(context: ActionContext, { ownerFrom }: Lock): boolean {
  return context.blockTime >= ownerFrom * 1_000_000;
}

function checkAuthOf(context: ActionContext, name: AccountName, args: Authorization): void {
  const authService = context.call(accountsInterface).authServiceOf({ name });
  if (authService === undefined) abort("account-unknown", `there is no account ${name}`);
  context.call(authInterface(authService)).checkAuth({ ...args, sender: name });
}
