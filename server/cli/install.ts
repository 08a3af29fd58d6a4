import { bytesOf } from "@kith/packaging/batches";
import type { InstalledPackage } from "@kith/packaging/network-view";
import { planInstall, type InstallPlan } from "@kith/packaging/plan-install";
import type { PackageFile } from "@kith/packaging/read-package";
import { resolvePackages } from "@kith/packaging/resolve-packages";
import { foreignServices, schemasOf, type SchemaSource } from "@kith/packaging/schema-source";
import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import { findBrokenClients } from "./broken-clients.ts";
import type { CliError } from "./cli-error.ts";
import { findKey, type SigningKey } from "./key-file.ts";
import { fetchAll, type LoadedPackages } from "./load-packages.ts";
import { lookAtNetwork } from "./look-at-network.ts";
import type { NodeClient } from "./node-client.ts";
import { listPackages } from "./packages-client.ts";
import { readSchemas } from "./read-schemas.ts";
import { sendActions } from "./send-transaction.ts";

export type InstallOptions = {
  readonly node: NodeClient;
  readonly loaded: LoadedPackages;
  /** Whose new packages will be; each is its own without it. */
  readonly owner: AccountName | undefined;
  /** Accounts that exist and that packages may have. */
  readonly given: ReadonlySet<AccountName>;
  readonly key: string | undefined;
  readonly force: boolean;
};

/** What is to be done for one package, and who signs. */
export type PlannedPackage = {
  readonly file: PackageFile;
  readonly owner: AccountName;
  readonly previous: InstalledPackage | undefined;
  readonly plan: InstallPlan;
  readonly key: SigningKey;
  /** What clients of the version before will miss. */
  readonly breaks: readonly string[];
};

/** Plans all packages against the network as it is now, each after those that it needs. */
export async function planAll(
  options: InstallOptions,
): Promise<Result<readonly PlannedPackage[], CliError>> {
  const { node, loaded, force } = options;
  const installed = await listPackages(node);
  if (!installed.ok) return installed;
  const chosen = resolvePackages({ ...loaded, installed: installed.value, force });
  if (!chosen.ok) return err({ code: "packages-do-not-fit", fault: chosen.error });
  const files = await fetchAll(chosen.value);
  if (!files.ok) return files;
  const called = await readSchemas(node, foreignServices(files.value));
  if (!called.ok) return called;
  const schemaOf = schemasOf(files.value, called.value);
  const planned: PlannedPackage[] = [];
  for (const file of files.value) {
    const one = await planOne(options, { file, schemaOf, installed: installed.value });
    if (!one.ok) return one;
    planned.push(one.value);
  }
  return ok(planned);
}

type Subject = {
  readonly file: PackageFile;
  readonly schemaOf: SchemaSource;
  readonly installed: readonly InstalledPackage[];
};

async function planOne(
  options: InstallOptions,
  { file, schemaOf, installed }: Subject,
): Promise<Result<PlannedPackage, CliError>> {
  const { name } = file.contents.meta;
  const owner = options.owner ?? ownerOf(file, installed);
  if (owner === undefined) {
    return err({ code: "installation-refused", fault: { code: "owner-unnamed", package: name } });
  }
  const key = findKey(options.key, owner);
  if (!key.ok) return key;
  const previous = installed.find((each) => each.name === name && each.owner === owner);
  const looked = await lookAtNetwork(options.node, { file, owner, previous });
  if (!looked.ok) return looked;
  const plan = planInstall({
    file,
    ...looked.value,
    installer: { owner, key: key.value.publicKey, given: options.given },
    schemaOf,
    force: options.force,
  });
  if (!plan.ok) return err({ code: "installation-refused", fault: plan.error });
  const breaks = previous === undefined ? ok([]) : await findBrokenClients(options.node, file);
  if (!breaks.ok) return breaks;
  const found = { breaks: breaks.value, key: key.value };
  return ok({ file, owner, previous, plan: plan.value, ...found });
}

/** Whoever has it already; else the account that is called like the package, or its first one. */
function ownerOf(
  { contents }: PackageFile,
  installed: readonly InstalledPackage[],
): AccountName | undefined {
  const { name, accounts } = contents.meta;
  const there = installed.find((each) => {
    return each.name === name && each.accounts.some((account) => accounts.includes(account));
  });
  return there?.owner ?? accounts.find((account) => account === name) ?? accounts[0];
}

/**
 * Carries plans out. Everything that changes nothing yet is done for all packages first; then they switch over, one
 * after the other. `onSent` is called with the bytes of each transaction.
 */
export async function carryOut(
  node: NodeClient,
  planned: readonly PlannedPackage[],
  onSent: (sizeBytes: number, name: string) => void,
): Promise<Result<number, CliError>> {
  let transactions = 0;
  const parts = [
    ...planned.map(({ plan, ...more }) => ({
      ...more,
      batches: [...plan.prepare, ...plan.upload],
    })),
    ...planned.map(({ plan, ...more }) => ({ ...more, batches: plan.switchOver })),
  ];
  for (const { batches, key, file } of parts) {
    for (const batch of batches) {
      const sent = await sendActions(batch, { node, key });
      if (!sent.ok) return sent;
      transactions++;
      onSent(bytesOf(batch), file.contents.meta.name);
    }
  }
  return ok(transactions);
}

/** Bytes that all transactions of these plans carry. */
export function plannedBytes(planned: readonly PlannedPackage[]): number {
  const batches = planned.flatMap(({ plan }) => [
    ...plan.prepare,
    ...plan.upload,
    ...plan.switchOver,
  ]);
  return batches.reduce((sum, batch) => sum + bytesOf(batch), 0);
}
