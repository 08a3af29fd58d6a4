import { abort } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  authDelegateInterface,
  delegationAccountsMax,
  delegationDepthMax,
} from "@kith/sdk/system/auth-delegate";
import { authGroupInterface, groupCodec, type Group } from "@kith/sdk/system/auth-group";
import { table, type Table } from "@kith/sdk/table";
import { account, type AccountName } from "@kith/sdk/types";

type GroupRow = { readonly account: AccountName; readonly group: Group };

export const groups: Table<GroupRow, "account", never> = table(
  "groups",
  { account, group: groupCodec },
  { key: ["account"] },
);

/** An account as others are asked for it: a group, or somebody who speaks for himself. */
export type Voice = { readonly authService: AccountName | undefined; readonly group?: Group };

/**
 * Everybody whose word may count for an account, the nearest first. Only owners and groups of the platform's own two
 * services are looked through: the code of another auth service could refuse, or burn fuel, in the middle of a vote, and
 * so be a veto for whoever brings it along. Accounts with such a service speak by their own actions.
 */
export function voicesOf(
  context: ActionContext,
  root: AccountName,
  group: Group,
): ReadonlyMap<AccountName, Voice> {
  const voices = new Map<AccountName, Voice>([
    [root, { authService: authGroupInterface.name, group }],
  ]);
  let level: readonly Group[] = [group];
  for (let depth = 0; depth < delegationDepthMax && level.length > 0; depth++) {
    const fresh = new Set(level.flatMap(namesOf).filter((name) => !voices.has(name)));
    // Those beyond the limit are not heard; they can speak as groups, by proposals of their own.
    const heard = [...fresh].slice(0, delegationAccountsMax - voices.size);
    level = addVoices(context, voices, heard);
  }
  return voices;
}

/** The accounts that agree, when `speaks` says who does so himself and `enough` what a group needs. */
export function agreeing(
  voices: ReadonlyMap<AccountName, Voice>,
  speaks: (name: AccountName) => boolean,
  enough: (weight: number, group: Group) => boolean,
): ReadonlySet<AccountName> {
  const agreed = new Set<AccountName>();
  for (const name of voices.keys()) if (speaks(name)) agreed.add(name);
  // From the farthest to the nearest, so that one round nearly always does; there are no cycles that could go on.
  const undecided = [...voices].toReversed();
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, { group }] of undecided) {
      if (group === undefined || agreed.has(name)) continue;
      if (!enough(weightOf(group, agreed), group)) continue;
      agreed.add(name);
      changed = true;
    }
  }
  return agreed;
}

export function weightOf({ members }: Group, agreed: ReadonlySet<AccountName>): number {
  let weight = 0;
  for (const member of members) if (agreed.has(member.account)) weight += member.weight;
  return weight;
}

export function totalWeight({ members }: Group): number {
  return members.reduce((weight, member) => weight + member.weight, 0);
}

/**
 * Whether `to` stands somewhere above one of these accounts. Looks at all of them, because this decides what may be
 * written: a cycle that is not found now would be there for good.
 */
export function reachesAccount(
  context: ActionContext,
  from: readonly AccountName[],
  to: AccountName,
): boolean {
  const voices = new Map<AccountName, Voice>();
  let names = from;
  while (names.length > 0) {
    if (names.includes(to)) return true;
    if (voices.size + names.length > delegationAccountsMax) {
      abort("delegation-too-wide", `more than ${delegationAccountsMax} accounts would decide`);
    }
    const next = new Set(addVoices(context, voices, names).flatMap(namesOf));
    names = [...next].filter((name) => !voices.has(name));
  }
  return false;
}

function namesOf({ members }: Group): readonly AccountName[] {
  return members.map(({ account: name }) => name);
}

/** Finds out about all of a level with one call to each service, and gives the groups among them. */
function addVoices(
  context: ActionContext,
  voices: Map<AccountName, Voice>,
  names: readonly AccountName[],
): readonly Group[] {
  if (names.length === 0) return [];
  const authServices = context.call(accountsInterface).authServicesOf({ names });
  const ownedNames = names.filter((_, i) => authServices[i] === authDelegateInterface.name);
  const owned = ownersOf(context, ownedNames);
  const found: Group[] = [];
  for (const [i, name] of names.entries()) {
    const authService = authServices[i];
    const isGroup = authService === authGroupInterface.name;
    const group = isGroup ? context.table(groups).get({ account: name })?.group : owned.get(name);
    voices.set(name, group === undefined ? { authService } : { authService, group });
    if (group !== undefined) found.push(group);
  }
  return found;
}

/** An owner is a group of one. */
function ownersOf(
  context: ActionContext,
  accounts: readonly AccountName[],
): ReadonlyMap<AccountName, Group> {
  const owners = new Map<AccountName, Group>();
  if (accounts.length === 0) return owners;
  const found = context.call(authDelegateInterface).ownersOf({ accounts });
  for (const [i, name] of accounts.entries()) {
    const owner = found[i];
    if (owner === undefined) continue;
    owners.set(name, { threshold: 1, members: [{ account: owner, weight: 1 }] });
  }
  return owners;
}
