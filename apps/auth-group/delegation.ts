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
    const next: Group[] = [];
    for (const { account: name } of level.flatMap(({ members }) => members)) {
      if (voices.has(name)) continue;
      // Those beyond the limit are not heard; they can speak as groups, by proposals of their own.
      if (voices.size === delegationAccountsMax) return voices;
      const voice = voiceOf(context, name);
      voices.set(name, voice);
      if (voice.group !== undefined) next.push(voice.group);
    }
    level = next;
  }
  return voices;
}

/** The accounts that agree, when `speaks` says who does so himself and `enough` what a group needs. */
export function agreeing(
  voices: ReadonlyMap<AccountName, Voice>,
  speaks: (name: AccountName, voice: Voice) => boolean,
  enough: (weight: number, group: Group) => boolean,
): ReadonlySet<AccountName> {
  const agreed = new Set<AccountName>();
  for (const [name, voice] of voices) if (speaks(name, voice)) agreed.add(name);
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
  const seen = new Set(from);
  for (const name of seen) {
    if (name === to) return true;
    if (seen.size > delegationAccountsMax) {
      abort(
        "delegation-too-wide",
        `more than ${delegationAccountsMax} accounts decide for ${name}`,
      );
    }
    for (const member of voiceOf(context, name).group?.members ?? []) seen.add(member.account);
  }
  return false;
}

function voiceOf(context: ActionContext, name: AccountName): Voice {
  const authService = context.call(accountsInterface).authServiceOf({ name });
  const group = groupBehind(context, name, authService);
  return group === undefined ? { authService } : { authService, group };
}

/** An owner is a group of one. */
function groupBehind(
  context: ActionContext,
  name: AccountName,
  authService: AccountName | undefined,
): Group | undefined {
  if (authService === authGroupInterface.name) {
    return context.table(groups).get({ account: name })?.group;
  }
  if (authService !== authDelegateInterface.name) return undefined;
  const owner = context.call(authDelegateInterface).ownerOf({ account: name });
  return owner === undefined
    ? undefined
    : { threshold: 1, members: [{ account: owner, weight: 1 }] };
}
