import type { AccountName } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import { putChunkAction } from "@kith/sdk/site-content";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { packagesInterface } from "@kith/sdk/system/packages";
import type { VirtualMachine } from "@kith/sdk/system/setcode";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";

import { packManifest } from "./manifest.ts";
import { packPostinstall } from "./pack-postinstall.ts";
import type { PlanError } from "./plan-error.ts";
import { prepareContent } from "./prepare-file.ts";
import type { PackageFile } from "./read-package.ts";
import { recordAction } from "./record-action.ts";
import { schemasOf } from "./schema-source.ts";

/** What a genesis block does to start with these packages installed. */
export type GenesisInstallation = {
  /** Installed before anything else, because without them no action runs. */
  readonly services: readonly {
    readonly account: AccountName;
    readonly vm: VirtualMachine;
    readonly code: Uint8Array;
  }[];
  /** Those of packages that have none. */
  readonly accounts: readonly AccountName[];
  /** Once all code and all accounts are there, also those of packages without code; in this order. */
  readonly actions: readonly Action[];
};

/** `packages` in the order in which they can be installed; they become those of `owner`. */
export async function genesisInstallation(
  packages: readonly PackageFile[],
  owner: AccountName,
): Promise<Result<GenesisInstallation, PlanError>> {
  const actions: Action[] = [];
  const schemaOf = schemasOf(packages, new Map());
  // Compressing takes the longest, and is done beside everything else.
  const sites = packages.map((file) => siteActions(file));
  for (const [at, file] of packages.entries()) {
    const { contents } = file;
    const script = packPostinstall(contents, schemaOf);
    if (!script.ok) return script;
    const { name, accounts } = contents.meta;
    const join = accounts.map((account) =>
      packAction(account, packagesInterface, "join", { owner, name }),
    );
    const record = recordAction(owner, file, { manifest: packManifest(contents), force: false });
    const owned = accounts.flatMap((account) => ownershipActions(account, owner));
    actions.push(...owned, ...((await sites[at]) ?? []), ...script.value, ...join, record);
  }
  const services = packages.flatMap(({ contents }) => contents.services);
  const served = new Set(services.map(({ account }) => account));
  const accounts = packages.flatMap(({ contents }) => contents.meta.accounts);
  return ok({
    accounts: accounts.filter((account) => !served.has(account)),
    services: services.map(({ account, vm, code }) => ({ account, vm, code })),
    actions,
  });
}

/** So that new versions can be installed by transactions: whoever acts for `owner` acts for the package's accounts. */
function ownershipActions(account: AccountName, owner: AccountName): readonly Action[] {
  const authService = authDelegateInterface.name;
  return [
    packAction(account, authDelegateInterface, "setOwner", { owner }),
    packAction(account, accountsInterface, "setAuthService", { authService }),
  ];
}

async function siteActions({ contents }: PackageFile): Promise<readonly Action[]> {
  const prepared = contents.files.map(async ({ account, path, content }) => {
    const { entry, chunks } = await prepareContent(path, content);
    return [
      ...chunks.map((chunk) => putChunkAction(account, chunk)),
      packAction(account, sitesInterface, "link", { file: entry }),
    ];
  });
  return (await Promise.all(prepared)).flat();
}
