import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { packagesInterface } from "@kith/sdk/system/packages";
import { packAction } from "@kith/sdk/transaction";

import type { PackageFile } from "./read-package.ts";

/** The last action of an installation. */
export function recordAction(
  owner: AccountName,
  { hash, contents }: PackageFile,
  more: { readonly manifest: Uint8Array; readonly force: boolean },
): Action {
  const meta = { ...contents.meta, hash };
  return packAction(owner, packagesInterface, "postinstall", { meta, ...more });
}
