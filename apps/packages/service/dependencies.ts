import { abort } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { parsePackageVersion, parseVersionPattern } from "@kith/sdk/package-version";
import type { Needed } from "@kith/sdk/system/packages";
import { transactInterface } from "@kith/sdk/system/transact";
import type { AccountName } from "@kith/sdk/types";

import { dependsMax, providersMax } from "./limits.ts";
import { installed, needs, type PackageKey, type PackageRow } from "./tables.ts";

/** Remembers what the package needs; aborts when something of it is not there in a version that fits. */
export function recordNeeds(
  context: ActionContext,
  { name, owner }: PackageKey,
  depends: readonly Needed[],
): void {
  const network = context.call(transactInterface).network({})?.owner;
  for (const needed of depends) {
    const provider = providerOf(context, needed, [owner, network]);
    context.table(needs).put({
      neededName: needed.name,
      neededOwner: provider.owner,
      name,
      owner,
      version: needed.version,
    });
  }
}

export function forgetNeeds(context: ActionContext, { name, owner }: PackageKey): void {
  const rows = context
    .table(needs)
    .range({ index: "byDependent", prefix: { owner, name }, limit: dependsMax });
  for (const row of rows) context.table(needs).remove(row);
}

/** One of those that need this package. */
export function whoNeeds(context: ActionContext, key: PackageKey): PackageKey | undefined {
  const [first] = context.table(needs).range({
    prefix: { neededName: key.name, neededOwner: key.owner },
    limit: 1,
  });
  return first;
}

/** Of the same owner first, then the network's own, then anybody's. */
function providerOf(
  context: ActionContext,
  { name, version }: Needed,
  preferred: readonly (AccountName | undefined)[],
): PackageRow {
  const providers = providersOf(context, name);
  if (providers.length === 0) abort("dependency-missing", `${name} is not installed`);
  const fitting = providers.filter((row) => fits(version, row.version));
  const chosen =
    preferred
      .map((owner) => fitting.find((row) => row.owner === owner))
      .find((row) => row !== undefined) ?? fitting[0];
  if (chosen !== undefined) return chosen;
  const there = providers.map((row) => row.version).join(", ");
  abort("dependency-version-wrong", `${name} ${there} is installed, and ${version} is needed`);
}

function providersOf(context: ActionContext, name: string): readonly PackageRow[] {
  return context.table(installed).range({ prefix: { name }, limit: providersMax });
}

function fits(pattern: string, version: string): boolean {
  const test = parseVersionPattern(pattern);
  const parsed = parsePackageVersion(version);
  return test.ok && parsed.ok && test.value(parsed.value);
}
