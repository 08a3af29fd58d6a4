import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import { packagesInterface } from "@kith/sdk/system/packages";
import { setcodeInterface } from "@kith/sdk/system/setcode";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";

import { batchesOf, fitsOne } from "./batches.ts";
import type { InstalledPackage, NetworkView } from "./network-view.ts";
import type { PlanError } from "./plan-error.ts";

export type Removal = {
  readonly removed: InstalledPackage;
  readonly installed: readonly InstalledPackage[];
  readonly view: Pick<NetworkView, "accounts" | "sites" | "previousManifest">;
  /** Others may be left without what they need. */
  readonly force: boolean;
};

/**
 * Takes away what the package has put on the network: code and files. Its accounts stay, with the rows that its
 * services have written, and belong to nobody but their owner again.
 */
export function planRemoval({
  removed,
  installed,
  view,
  force,
}: Removal): Result<readonly (readonly Action[])[], PlanError> {
  const { name, owner } = removed;
  const dependent = installed.find(({ depends }) => depends.some((needed) => needed.name === name));
  // Where others have a package of that name, the network knows which of them is needed.
  const only = !installed.some((other) => other.name === name && other.owner !== owner);
  if (dependent !== undefined && only && !force) {
    return err({ code: "package-needed", package: name, by: dependent.name });
  }
  const files = (view.previousManifest?.files ?? [])
    .filter(({ account, path }) => view.sites.get(account)?.has(path) === true)
    .map(({ account, path }) => packAction(account, sitesInterface, "unlink", { path }));
  const code = removed.services
    .filter((account) => view.accounts.get(account)?.code !== undefined)
    .map((account) => packAction(account, setcodeInterface, "removeCode", {}));
  const record = packAction(owner, packagesInterface, "remove", { name, force });
  const together = [...files, ...code, record];
  return ok(fitsOne(together) ? [together] : [...batchesOf(files), [...code, record]]);
}
