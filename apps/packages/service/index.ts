import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { comparePackageVersions, parsePackageVersion } from "@kith/sdk/package-version";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { packagesInterface, type InstalledMeta } from "@kith/sdk/system/packages";
import type { AccountName } from "@kith/sdk/types";

import { checkMeta, checkName } from "./check-meta.ts";
import { forgetNeeds, recordNeeds, whoNeeds } from "./dependencies.ts";
import { listPackages } from "./list-packages.ts";
import { serveInstallers } from "./serve.ts";
import { installed, manifests, members, needs, type MemberRow, type PackageRow } from "./tables.ts";

const { actions } = packagesInterface;

const join = implement(actions.join, (context, { owner, name }) => {
  checkName(name);
  const account = context.sender;
  const before = context.table(members).get({ account });
  const elsewhere = before !== undefined && (before.owner !== owner || before.name !== name);
  if (elsewhere && isInUse(context, before)) {
    abort("account-taken", `${account} belongs to the package ${before.name} of ${before.owner}`);
  }
  context.table(members).put({ account, owner, name });
});

const leave = implement(actions.leave, (context) => {
  const account = context.sender;
  const member = context.table(members).get({ account });
  if (member === undefined) abort("account-in-no-package", `${account} is in no package`);
  if (isInUse(context, member)) {
    abort("account-taken", `${account} belongs to the package ${member.name} of ${member.owner}`);
  }
  context.table(members).remove({ account });
});

const postinstall = implement(actions.postinstall, (context, { meta, manifest, force }) => {
  checkMeta(meta, manifest);
  const owner = context.sender;
  const key = { name: meta.name, owner };
  const before = context.table(installed).get(key);
  if (before !== undefined) checkUpgrade(before, meta, force);
  for (const account of meta.accounts) checkJoined(context, account, key);
  if (before !== undefined) {
    forgetNeeds(context, key);
    dropMembers(context, before, meta.accounts);
  }
  recordNeeds(context, key, meta.depends);
  context.table(manifests).put({ ...key, data: manifest });
  context.table(installed).put({ ...meta, owner, since: context.blockTime });
});

const remove = implement(actions.remove, (context, { name, force }) => {
  const key = { name, owner: context.sender };
  const row = context.table(installed).get(key);
  if (row === undefined) abort("package-unknown", `${context.sender} has no package ${name}`);
  const dependent = force ? undefined : whoNeeds(context, key);
  if (dependent !== undefined) {
    abort("package-needed", `${dependent.name} of ${dependent.owner} needs ${name}`);
  }
  forgetNeeds(context, key);
  dropMembers(context, row, []);
  context.table(manifests).remove(key);
  context.table(installed).remove(key);
});

export const packages: ServiceModule = service("packages", {
  tables: [installed, manifests, members, needs],
  actions: { join, leave, postinstall, remove },
  queries: { listPackages },
  http: serveInstallers,
}).module;

/** Whether the package that an account has joined is there and counts the account among its own. */
function isInUse(context: ActionContext, { owner, name, account }: MemberRow): boolean {
  return context.table(installed).get({ name, owner })?.accounts.includes(account) === true;
}

function checkUpgrade(before: PackageRow, meta: InstalledMeta, force: boolean): void {
  const from = parsePackageVersion(before.version);
  const to = parsePackageVersion(meta.version);
  if (!from.ok || !to.ok || force) return;
  const lower = comparePackageVersions(to.value, from.value) < 0;
  check(!lower, "version-lower", `${meta.name} ${before.version} is installed already`);
}

/** The account itself has said so, by its own authorization: nobody takes over what is not his. */
function checkJoined(
  context: ActionContext,
  account: AccountName,
  { name, owner }: Pick<MemberRow, "name" | "owner">,
): void {
  const member = context.table(members).get({ account });
  const joined = member?.owner === owner && member.name === name;
  check(joined, "account-not-joined", `${account} has not joined ${name} of ${owner}`);
}

function dropMembers(
  context: ActionContext,
  { accounts }: PackageRow,
  kept: readonly AccountName[],
): void {
  for (const account of accounts) {
    if (!kept.includes(account)) context.table(members).remove({ account });
  }
}
