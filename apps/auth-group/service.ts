import { abort, check } from "@kith/sdk/abort";
import { provesClaim } from "@kith/sdk/claims";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  authSigInterface,
  type Authorization,
  type StagedAuthorization,
} from "@kith/sdk/system/auth";
import { authAnyInterface } from "@kith/sdk/system/auth-any";
import { authGroupInterface, type Group } from "@kith/sdk/system/auth-group";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import type { AccountName } from "@kith/sdk/types";

import {
  agreeing,
  groups,
  reachesAccount,
  totalWeight,
  voicesOf,
  weightOf,
  type Voice,
} from "./delegation.ts";
import { membersMax } from "./limits.ts";

const { actions } = authGroupInterface;

const checkAuth = implement(actions.checkAuth, (context, { sender, ...asked }) => {
  const group = existingGroup(context, sender);
  const voices = voicesOf(context, sender, group);
  const signers = signing(context, voices, asked);
  const agreed = agreeing(voices, (name) => signers.has(name), reachesThreshold);
  const weight = weightOf(group, agreed);
  const missing = `${weight} of ${group.threshold} agree for ${sender}; propose it to the others with staged-tx`;
  check(weight >= group.threshold, "weight-too-low", missing);
});

const canAuthUser = implement(actions.canAuthUser, (context, args) => {
  const row = context.table(groups).get({ account: args.account });
  if (row === undefined) return false;
  checkGroup(context, args.account, row.group);
  return true;
});

const isAuthorized = implement(actions.isAuthorized, (context, { sender, by }) => {
  return decide(context, { sender, by }, reachesThreshold);
});

const isRejected = implement(actions.isRejected, (context, { sender, by }) => {
  return decide(context, { sender, by }, blocksThreshold);
});

const hasSay = implement(actions.hasSay, (context, args) => {
  const group = existingGroup(context, args.account);
  const isMember = group.members.some((member) => member.account === args.by);
  return isMember || voicesOf(context, args.account, group).has(args.by);
});

const setGroup = implement(actions.setGroup, (context, { group }) => {
  checkGroup(context, context.sender, group);
  context.table(groups).put({ account: context.sender, group });
});

const create = implement(actions.create, (context, { name, group }) => {
  context.call(accountsInterface).createUnder({ name, creator: context.sender });
  checkGroup(context, name, group);
  context.table(groups).put({ account: name, group });
});

const groupOf = implement(
  actions.groupOf,
  (context, args) => context.table(groups).get({ account: args.account })?.group,
);

const reaches = implement(actions.reaches, (context, { account, to }) =>
  reachesAccount(context, [account], to),
);

export const authGroup: ServiceModule = service("auth-group", {
  tables: [groups],
  actions: {
    checkAuth,
    canAuthUser,
    isAuthorized,
    isRejected,
    hasSay,
    setGroup,
    create,
    groupOf,
    reaches,
  },
}).module;

function existingGroup(context: ActionContext, name: AccountName): Group {
  const row = context.table(groups).get({ account: name });
  if (row === undefined) abort("group-missing", `${name} is no group`);
  return row.group;
}

/** Mostly members themselves have answered, and nobody has to be looked for. */
function decide(
  context: ActionContext,
  { sender, by }: Pick<StagedAuthorization, "sender" | "by">,
  enough: (weight: number, group: Group) => boolean,
): boolean {
  const group = existingGroup(context, sender);
  const answered = new Set(by);
  if (answered.has(sender) || enough(weightOf(group, answered), group)) return true;
  const speaks = (name: AccountName): boolean => answered.has(name);
  return agreeing(voicesOf(context, sender, group), speaks, enough).has(sender);
}

function reachesThreshold(weight: number, { threshold }: Group): boolean {
  return weight >= threshold;
}

/** So much disagrees that what is left can no longer reach the threshold. */
function blocksThreshold(weight: number, group: Group): boolean {
  return weight > totalWeight(group) - group.threshold;
}

/** The accounts whose auth service asks for nothing but what the transaction itself proves. */
function signing(
  context: ActionContext,
  voices: ReadonlyMap<AccountName, Voice>,
  asked: Pick<Authorization, "service" | "method">,
): ReadonlySet<AccountName> {
  const using = (wanted: AccountName): AccountName[] =>
    [...voices].filter(([, { authService }]) => authService === wanted).map(([name]) => name);
  const keyed = using(authSigInterface.name);
  const claims =
    keyed.length === 0 ? [] : context.call(authSigInterface).claimsOf({ accounts: keyed });
  const proved = context.claims;
  const signers = keyed.filter((_, i) => {
    const claim = claims[i];
    return claim !== undefined && provesClaim(proved, claim);
  });
  const people = using(authKeysInterface.name);
  const suffices =
    people.length === 0
      ? []
      : context.call(authKeysInterface).sufficesFor({ accounts: people, ...asked });
  signers.push(...people.filter((_, i) => suffices[i] === true));
  const open = using(authAnyInterface.name);
  const allowed = open.length > 0 && context.call(authAnyInterface).allowed({});
  return new Set(allowed ? [...signers, ...open] : signers);
}

function checkGroup(context: ActionContext, name: AccountName, group: Group): void {
  const { members, threshold } = group;
  const names = members.map((member) => member.account);
  check(names.length > 0, "group-empty", "a group has members");
  check(
    names.length <= membersMax,
    "too-many-members",
    `a group has at most ${membersMax} members`,
  );
  check(new Set(names).size === names.length, "member-repeated", "a member is named twice");
  const weighty = members.every((member) => member.weight > 0);
  check(weighty, "weight-zero", "every member weighs something");
  check(threshold > 0, "threshold-zero", "a group acts when somebody agrees");
  const reachable = threshold <= totalWeight(group);
  check(reachable, "threshold-too-high", "all members together do not reach the threshold");
  const authServices = context.call(accountsInterface).authServicesOf({ names });
  for (const [i, member] of names.entries()) {
    check(authServices[i] !== undefined, "account-unknown", `there is no account ${member}`);
  }
  const circular = reachesAccount(context, names, name);
  check(!circular, "delegation-cycle", `${name} would be a member of itself`);
}
