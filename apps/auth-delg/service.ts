import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface, type StagedAuthorization } from "@kith/sdk/system/auth";
import { authDelegateInterface, delegationDepthMax } from "@kith/sdk/system/auth-delegate";
import { authGroupInterface } from "@kith/sdk/system/auth-group";
import { table } from "@kith/sdk/table";
import { account, accountNameConstant, type AccountName } from "@kith/sdk/types";

const authKeysAccount = accountNameConstant("auth-keys");
const owners = table(
  "owners",
  { account, owner: account },
  { key: ["account"], indexes: { byOwner: ["owner", "account"] } },
);
const { actions, name: ownName } = authDelegateInterface;

const checkAuth = implement(actions.checkAuth, (context, args) => {
  const { last, authService } = lastOwner(context, args.sender);
  check(authService !== accountsInterface.name, "account-locked", `nobody acts for ${last}`);
  context.call(authInterface(authService)).checkAuth({ ...args, sender: last });
});

const canAuthUser = implement(actions.canAuthUser, (context, args) => {
  const owner = ownerOfAccount(context, args.account);
  if (owner === undefined) return false;
  checkOwner(context, args.account, owner);
  return true;
});

const isAuthorized = implement(actions.isAuthorized, (context, args) => {
  const decided = decide(context, args);
  if (typeof decided === "boolean") return decided;
  return context.call(authInterface(decided.authService)).isAuthorized(decided.args);
});

const isRejected = implement(actions.isRejected, (context, args) => {
  const decided = decide(context, args);
  if (typeof decided === "boolean") return decided;
  return context.call(authInterface(decided.authService)).isRejected(decided.args);
});

const hasSay = implement(actions.hasSay, (context, { account: owned, by }) => {
  const { owners: chain, last, authService } = lastOwner(context, owned);
  if (by === owned || chain.includes(by)) return true;
  if (authService === accountsInterface.name) return false;
  return context.call(authInterface(authService)).hasSay({ account: last, by });
});

const setOwner = implement(actions.setOwner, (context, { owner }) => {
  checkOwner(context, context.sender, owner);
  context.table(owners).put({ account: context.sender, owner });
});

const create = implement(actions.create, (context, { name, owner }) => {
  context.call(accountsInterface).createUnder({ name, creator: context.sender });
  checkOwner(context, name, owner);
  context.table(owners).put({ account: name, owner });
});

const ownerOf = implement(actions.ownerOf, (context, args) =>
  ownerOfAccount(context, args.account),
);

const ownersOf = implement(actions.ownersOf, (context, { accounts }) =>
  accounts.map((name) => ownerOfAccount(context, name)),
);

export const authDelegate: ServiceModule = service("auth-delg", {
  tables: [owners],
  actions: {
    checkAuth,
    canAuthUser,
    isAuthorized,
    isRejected,
    hasSay,
    setOwner,
    create,
    ownerOf,
    ownersOf,
  },
}).module;

function ownerOfAccount(context: ActionContext, owned: AccountName): AccountName | undefined {
  return context.table(owners).get({ account: owned })?.owner;
}

type Chain = {
  /** From the nearest on; the last one is not owned through this service. */
  readonly owners: readonly AccountName[];
  readonly last: AccountName;
  readonly authService: AccountName;
};

/** Follows owners here, in one call, for as long as they are owned through this service themselves. */
function lastOwner(context: ActionContext, owned: AccountName): Chain {
  const chain: AccountName[] = [];
  let last = owned;
  while (chain.length < delegationDepthMax) {
    const owner = ownerOfAccount(context, last);
    if (owner === undefined) abort("owner-missing", `${last} has no owner`);
    chain.push(owner);
    last = owner;
    const authService = context.call(accountsInterface).authServiceOf({ name: owner });
    if (authService === undefined) abort("account-unknown", `there is no account ${owner}`);
    if (authService !== ownName) return { owners: chain, last, authService };
  }
  abort(
    "delegation-too-deep",
    `${owned} is owned through more than ${delegationDepthMax} accounts`,
  );
}

/**
 * An owner who has agreed, or disagreed, himself decides; otherwise the last one's own auth service has to say. A person
 * with many keys may have answered with one that is not good enough for this: `auth-keys` says so in any case.
 */
function decide(
  context: ActionContext,
  args: StagedAuthorization,
): boolean | { readonly authService: AccountName; readonly args: StagedAuthorization } {
  const { owners: chain, last, authService } = lastOwner(context, args.sender);
  const answered = [args.sender, ...chain].some((name) => args.by.includes(name));
  if (answered && authService !== authKeysAccount) return true;
  if (authService === accountsInterface.name) return false;
  const by = answered ? [...args.by, last] : args.by;
  return { authService, args: { ...args, sender: last, by } };
}

/** No account may come to belong to itself, and its owners have to stay few enough to be followed. */
function checkOwner(context: ActionContext, owned: AccountName, owner: AccountName): void {
  const accounts = context.call(accountsInterface);
  check(accounts.exists({ name: owner }), "account-unknown", `there is no account ${owner}`);
  const circular = context.call(authGroupInterface).reaches({ account: owner, to: owned });
  check(!circular, "delegation-cycle", `${owner} belongs to ${owned} already`);
  if (accounts.authServiceOf({ name: owner }) !== ownName) return;
  const below = lastOwner(context, owner).owners.length;
  check(below < delegationDepthMax, "delegation-too-deep", `${owner} has too many owners above`);
}
