import type { NetworkView, InstalledPackage } from "@kith/packaging/network-view";
import type { PackagedFile } from "@kith/packaging/package";
import { prepareContent } from "@kith/packaging/prepare-file";
import type { PackageFile } from "@kith/packaging/read-package";
import { isUnchanged, type PreparedFile } from "@kith/packaging/site-actions";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";
import { preparedAtOnce } from "./limits.ts";
import type { NodeClient } from "./node-client.ts";
import { knownCodes, readAccounts, readManifest, readStaged } from "./packages-client.ts";
import { listSite, missingChunks } from "./site-listing.ts";

export type Looked = {
  readonly view: NetworkView;
  /** Those files of the package that the network does not have. */
  readonly changedFiles: readonly PreparedFile[];
};

type Subject = {
  readonly file: PackageFile;
  readonly owner: AccountName;
  readonly previous: InstalledPackage | undefined;
};

/** Everything that a plan for this package has to know about the network as it is now. */
export async function lookAtNetwork(
  node: NodeClient,
  { file, owner, previous }: Subject,
): Promise<Result<Looked, CliError>> {
  const base = await lookAtAccounts(node, { file, owner, previous });
  if (!base.ok) return base;
  const { contents } = file;
  const changed = contents.files.filter((each) => {
    const there = base.value.sites.get(each.account)?.get(each.path);
    return !isUnchanged(each, sha256Hex(each.content), there);
  });
  const changedFiles = await prepareAll(changed);
  const chunks = new Set(changedFiles.flatMap((each) => each.chunks.map(({ hash }) => hash)));
  const missing = await missingChunks(node, [...chunks]);
  if (!missing.ok) return missing;
  const codes = await lookAtCodes(node, file, base.value);
  if (!codes.ok) return codes;
  const view = { ...base.value, ...codes.value, previous, missingChunks: missing.value };
  return ok({ view, changedFiles });
}

export type AccountsLooked = Pick<NetworkView, "accounts" | "sites" | "previousManifest">;

/** The accounts and sites of a package, and of the version of it that is installed. */
export async function lookAtAccounts(
  node: NodeClient,
  subject: Omit<Subject, "file"> & { readonly file: PackageFile | undefined },
): Promise<Result<AccountsLooked, CliError>> {
  const { file, owner, previous } = subject;
  const own = file?.contents.meta.accounts ?? [];
  const names = [...new Set([owner, ...own, ...(previous?.accounts ?? [])])];
  const accounts = await readAccounts(node, names);
  if (!accounts.ok) return accounts;
  const manifest = previous === undefined ? ok(undefined) : await readManifest(node, previous);
  if (!manifest.ok) return manifest;
  const files = [...(file?.contents.files ?? []), ...(manifest.value?.files ?? [])];
  const sites = new Map<AccountName, SiteFiles>();
  for (const account of new Set(files.map((each) => each.account))) {
    if (accounts.value.get(account)?.exists !== true) continue;
    const listing = await listSite(node, account);
    if (!listing.ok) return listing;
    sites.set(account, listing.value.files);
  }
  return ok({ accounts: accounts.value, sites, previousManifest: manifest.value });
}

type SiteFiles = NetworkView["sites"] extends ReadonlyMap<AccountName, infer Files> ? Files : never;

async function lookAtCodes(
  node: NodeClient,
  { contents }: PackageFile,
  { accounts }: AccountsLooked,
): Promise<Result<Pick<NetworkView, "knownCodes" | "stagedPieces">, CliError>> {
  const known = await knownCodes(
    node,
    contents.services.map(({ code }) => sha256Hex(code)),
  );
  if (!known.ok) return known;
  const stagedPieces = new Map<AccountName, ReadonlySet<Checksum>>();
  for (const { account } of contents.services) {
    if (accounts.get(account)?.exists !== true) continue;
    const staged = await readStaged(node, account);
    if (!staged.ok) return staged;
    stagedPieces.set(account, staged.value);
  }
  return ok({ knownCodes: known.value, stagedPieces });
}

/** A few at a time; compression uses the other cores. */
async function prepareAll(files: readonly PackagedFile[]): Promise<readonly PreparedFile[]> {
  const prepared: PreparedFile[] = [];
  for (let at = 0; at < files.length; at += preparedAtOnce) {
    const group = files.slice(at, at + preparedAtOnce).map(async ({ account, path, content }) => {
      return { account, ...(await prepareContent(path, content)) };
    });
    prepared.push(...(await Promise.all(group)));
  }
  return prepared;
}
