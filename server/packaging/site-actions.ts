import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { isHashedName } from "@kith/sdk/hashed-name";
import { putChunkAction } from "@kith/sdk/site-content";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";

import { fileKindOf } from "./content-type.ts";
import type { NetworkView, SiteFileView } from "./network-view.ts";
import type { PackagedFile } from "./package.ts";
import type { PreparedContent } from "./prepare-file.ts";
import type { PackageFile } from "./read-package.ts";

/** A file of a package, compressed and cut into the pieces in which it is uploaded. */
export type PreparedFile = PreparedContent & { readonly account: AccountName };

export type SitePlan = {
  readonly upload: readonly Action[];
  readonly switchOver: readonly Action[];
  readonly changed: number;
  readonly removed: number;
};

/** Whether the site has exactly this at the file's path. */
export function isUnchanged(
  { path }: PackagedFile,
  hash: Checksum,
  there: SiteFileView | undefined,
): boolean {
  return (
    there !== undefined &&
    there.hash === hash &&
    there.contentType === fileKindOf(path).contentType &&
    there.immutable === isHashedName(path)
  );
}

/** Pages come last, so that no visitor gets a page whose scripts are not there yet. */
export function siteActions({
  file,
  changedFiles,
  view,
}: {
  readonly file: PackageFile;
  readonly changedFiles: readonly PreparedFile[];
  readonly view: NetworkView;
}): SitePlan {
  const sent = new Set<Checksum>();
  const upload: Action[] = [];
  for (const { account, chunks } of changedFiles) {
    for (const chunk of chunks) {
      if (!view.missingChunks.has(chunk.hash) || sent.has(chunk.hash)) continue;
      sent.add(chunk.hash);
      upload.push(putChunkAction(account, chunk));
    }
  }
  const links = [
    ...changedFiles.filter((changed) => !isPage(changed)),
    ...changedFiles.filter((changed) => isPage(changed)),
  ].map(({ account, entry }) => packAction(account, sitesInterface, "link", { file: entry }));
  const unlinks = removedFiles(file, view);
  return {
    upload,
    switchOver: [...links, ...unlinks],
    changed: links.length,
    removed: unlinks.length,
  };
}

/** Files of the former version that the new one has no more, as far as they are still there. */
function removedFiles({ contents }: PackageFile, view: NetworkView): readonly Action[] {
  const kept = new Set(contents.files.map(({ account, path }) => account + path));
  return (view.previousManifest?.files ?? [])
    .filter(({ account, path }) => {
      return !kept.has(account + path) && view.sites.get(account)?.has(path) === true;
    })
    .map(({ account, path }) => packAction(account, sitesInterface, "unlink", { path }));
}

function isPage({ entry }: PreparedContent): boolean {
  return entry.contentType.startsWith("text/html");
}
