import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";

import { accountActions, type Installer } from "./account-actions.ts";
import { batchesOf, bytesOf, fitsOne } from "./batches.ts";
import { codeActions } from "./code-actions.ts";
import { packedManifestBytesMax } from "./limits.ts";
import { packManifest } from "./manifest.ts";
import type { NetworkView } from "./network-view.ts";
import { packPostinstall } from "./pack-postinstall.ts";
import type { PlanError } from "./plan-error.ts";
import type { PackageFile } from "./read-package.ts";
import { recordAction } from "./record-action.ts";
import { compareVersions } from "./resolve-packages.ts";
import type { SchemaSource } from "./schema-source.ts";
import { siteActions, type PreparedFile } from "./site-actions.ts";

export type Installation = {
  readonly file: PackageFile;
  /** Those of its files that the sites do not have yet. */
  readonly changedFiles: readonly PreparedFile[];
  readonly installer: Installer;
  readonly view: NetworkView;
  readonly schemaOf: SchemaSource;
  /** A lower version may take the place of a higher one, and the script runs again for the same version. */
  readonly force: boolean;
};

/** Transactions, in order. */
export type InstallPlan = {
  /** Accounts are made, and say that they belong to the package: refusals come before anything is uploaded. */
  readonly prepare: readonly (readonly Action[])[];
  /** Content and code, which change nothing yet. */
  readonly upload: readonly (readonly Action[])[];
  /** What the network sees; code, script and record together in the last one. */
  readonly switchOver: readonly (readonly Action[])[];
  readonly summary: PlanSummary;
};

export type PlanSummary = {
  readonly newAccounts: readonly AccountName[];
  readonly joiningAccounts: readonly AccountName[];
  readonly changedCode: readonly AccountName[];
  readonly removedCode: readonly AccountName[];
  readonly changedFiles: number;
  readonly removedFiles: number;
  readonly uploadBytes: number;
  readonly scriptActions: number;
};

/**
 * What it takes to get this version of a package onto the network as it is now. A plan that was carried out in part is
 * made again from what is there then: it goes on where the other one stopped.
 */
export function planInstall(installation: Installation): Result<InstallPlan, PlanError> {
  const { file, view, installer, force } = installation;
  const refused = whyRefused(installation);
  if (refused !== undefined) return err(refused);
  const accounts = accountActions(file.contents.meta, view, installer);
  if (!accounts.ok) return accounts;
  const script = packPostinstall(file.contents, installation.schemaOf);
  if (!script.ok) return script;
  const sites = siteActions(installation);
  const code = codeActions(file.contents, view);
  // The same file is recorded: then only what somebody else has changed since is put right.
  const recorded = view.previous?.hash === file.hash && !force;
  const manifest = packManifest(file.contents);
  const sizeBytesMax = packedManifestBytesMax;
  if (manifest.length > sizeBytesMax) {
    const { name } = file.contents.meta;
    const sizeBytes = manifest.length;
    return err({ code: "manifest-too-large", package: name, sizeBytes, sizeBytesMax });
  }
  const record = recordAction(installer.owner, file, { manifest, force });
  const closing = recorded ? [] : [...script.value, record];
  const switchOver = switchOverOf(sites.switchOver, [...code.switchOver, ...closing]);
  return ok({
    prepare: batchesOf(accounts.value.actions),
    upload: batchesOf([...code.upload, ...sites.upload]),
    switchOver,
    summary: {
      newAccounts: accounts.value.made,
      joiningAccounts: accounts.value.joining,
      changedCode: code.changed,
      removedCode: code.removed,
      changedFiles: sites.changed,
      removedFiles: sites.removed,
      uploadBytes: bytesOf([...code.upload, ...sites.upload, ...code.switchOver]),
      scriptActions: recorded ? 0 : script.value.length,
    },
  });
}

/**
 * All in one transaction where that is possible; otherwise files come first, and the rest is the last one. The limits
 * of code that is not staged, of scripts and of manifests leave it room in a transaction.
 */
function switchOverOf(
  files: readonly Action[],
  last: readonly Action[],
): readonly (readonly Action[])[] {
  const together = [...files, ...last];
  if (together.length === 0) return [];
  if (fitsOne(together)) return [together];
  return last.length === 0 ? batchesOf(files) : [...batchesOf(files), last];
}

function whyRefused({ file, view, force }: Installation): PlanError | undefined {
  const { meta, services } = file.contents;
  for (const { account, info } of services) {
    const { flags, server } = info;
    // Any service may verify; no service is privileged.
    if (flags.includes("isPrivileged")) {
      return { code: "flag-unsupported", account, flag: "isPrivileged" };
    }
    if (server !== undefined && server !== account) {
      return { code: "server-unsupported", account, server };
    }
  }
  const installed = view.previous?.version;
  if (installed === undefined || force || compareVersions(meta.version, installed) >= 0) {
    return undefined;
  }
  return { code: "version-lower", package: meta.name, version: meta.version, installed };
}
