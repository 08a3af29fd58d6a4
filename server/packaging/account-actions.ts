import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { packagesInterface } from "@kith/sdk/system/packages";
import { packAction } from "@kith/sdk/transaction";

import type { NetworkView } from "./network-view.ts";
import type { PackageMeta } from "./package.ts";
import type { PlanError } from "./plan-error.ts";

/** Who installs. */
export type Installer = {
  /** The package will be this account's; one of the package's own accounts may own it. */
  readonly owner: AccountName;
  /** SPKI: what a new owner belongs to. */
  readonly key: Uint8Array;
  /** Accounts that exist and that the package may have. */
  readonly given: ReadonlySet<AccountName>;
};

export type AccountPlan = {
  readonly actions: readonly Action[];
  readonly made: readonly AccountName[];
  readonly joining: readonly AccountName[];
};

/**
 * New accounts belong to the owner of the package. One that exists already is taken only when whoever installs has
 * named it: the package will act for it.
 */
export function accountActions(
  meta: PackageMeta,
  { accounts }: NetworkView,
  installer: Installer,
): Result<AccountPlan, PlanError> {
  const { owner } = installer;
  const ownerExists = accounts.get(owner)?.exists === true;
  if (!ownerExists && !meta.accounts.includes(owner)) {
    return err({ code: "owner-missing", owner, package: meta.name });
  }
  const actions: Action[] = [];
  const made: AccountName[] = [];
  const joining: AccountName[] = [];
  for (const name of ownerFirst(meta.accounts, owner)) {
    const view = accounts.get(name);
    const member = view?.package;
    if (member?.owner === owner && member.name === meta.name) continue;
    if (member !== undefined && !installer.given.has(name)) {
      return err({ code: "account-in-other-package", account: name, ...member });
    }
    if (view?.exists !== true) {
      actions.push(creation(name, installer));
      made.push(name);
    } else if (!installer.given.has(name)) {
      return err({ code: "account-not-given", account: name, package: meta.name });
    }
    actions.push(packAction(name, packagesInterface, "join", { owner, name: meta.name }));
    joining.push(name);
  }
  return ok({ actions, made, joining });
}

/** The others belong to it, so it has to be there first. */
function ownerFirst(names: readonly AccountName[], owner: AccountName): readonly AccountName[] {
  return names.includes(owner) ? [owner, ...names.filter((name) => name !== owner)] : names;
}

function creation(name: AccountName, { owner, key }: Installer): Action {
  if (name === owner) return packAction(name, accountsInterface, "create", { name, key });
  return packAction(owner, authDelegateInterface, "create", { name, owner });
}
