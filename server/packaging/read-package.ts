import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import {
  javaScript,
  webAssembly,
  codeBytesMax,
  type VirtualMachine,
} from "@kith/sdk/system/setcode";

import { metaBytesMax, postinstallBytesMax, serviceInfoBytesMax } from "./limits.ts";
import { metaPath, parseMeta, type DeclaredMeta } from "./meta-json.ts";
import type { PackageError } from "./package-error.ts";
import type { Package, PackagedFile, PackagedService, PostinstallAction } from "./package.ts";
import { parsePostinstall, postinstallPath } from "./postinstall-json.ts";
import { readZip } from "./read-zip.ts";
import { parseServiceInfo } from "./service-json.ts";

/** A package that was read from a file, and the sha256 of the file. */
export type PackageFile = { readonly hash: Checksum; readonly contents: Package };

/** Reads a `.psi` file. Whatever is not exactly a package is refused, and nothing of it is used. */
export function readPackage(bytes: Uint8Array): Result<PackageFile, PackageError> {
  const entries = readZip(bytes);
  if (!entries.ok) return entries;
  const sorted = sortEntries(entries.value);
  if (!sorted.ok) return sorted;
  const contents = readContents(sorted.value);
  return contents.ok ? ok({ hash: sha256Hex(bytes), contents: contents.value }) : contents;
}

type Code = { readonly vm: VirtualMachine; readonly code: Uint8Array };

type Entries = {
  meta: Uint8Array | undefined;
  postinstall: Uint8Array | undefined;
  readonly code: Map<AccountName, Code>;
  readonly infos: Map<AccountName, { readonly path: string; readonly content: Uint8Array }>;
  readonly files: PackagedFile[];
};

function sortEntries(all: ReadonlyMap<string, Uint8Array>): Result<Entries, PackageError> {
  const entries: Entries = {
    meta: undefined,
    postinstall: undefined,
    code: new Map(),
    infos: new Map(),
    files: [],
  };
  for (const [path, content] of all) {
    const problem = addEntry(entries, path, content);
    if (problem !== undefined) return err(problem);
  }
  return ok(entries);
}

function addEntry(entries: Entries, path: string, content: Uint8Array): PackageError | undefined {
  const sizeBytesMax = entryBytesMax(path);
  if (content.length > sizeBytesMax) {
    return { code: "entry-too-large", path, sizeBytes: content.length, sizeBytesMax };
  }
  if (path === metaPath) {
    entries.meta = content;
    return undefined;
  }
  if (path === postinstallPath) {
    entries.postinstall = content;
    return undefined;
  }
  const groups =
    /^(?:service\/(?<service>[^/.]+)\.(?<kind>js|wasm|json)|data\/(?<site>[^/]+)(?<file>\/.+))$/.exec(
      path,
    )?.groups;
  const account = parseAccountName(groups?.["service"] ?? groups?.["site"] ?? "");
  if (groups === undefined || !account.ok) return { code: "entry-unexpected", path };
  const { kind, file } = groups;
  if (file !== undefined) {
    entries.files.push({ account: account.value, path: file, content });
  } else if (kind === "json") {
    entries.infos.set(account.value, { path, content });
  } else {
    if (entries.code.has(account.value)) return { code: "code-repeated", account: account.value };
    const vm = kind === "js" ? javaScript : webAssembly;
    entries.code.set(account.value, { vm, code: content });
  }
  return undefined;
}

function entryBytesMax(path: string): number {
  if (path === metaPath) return metaBytesMax;
  if (path === postinstallPath) return postinstallBytesMax;
  if (!path.startsWith("service/")) return siteFileBytesMax;
  return path.endsWith(".json") ? serviceInfoBytesMax : codeBytesMax;
}

/** Of `sites`. */
const siteFileBytesMax = 64 * 1024 * 1024;

function readContents(entries: Entries): Result<Package, PackageError> {
  if (entries.meta === undefined) return err({ code: "entry-missing", path: metaPath });
  const meta = parseMeta(entries.meta);
  if (!meta.ok) return meta;
  const services = readServices(entries, meta.value);
  if (!services.ok) return services;
  const files = entries.files.toSorted(
    (a, b) => compare(a.account, b.account) || compare(a.path, b.path),
  );
  const foreign = files.find(({ account }) => !meta.value.accounts.includes(account));
  if (foreign !== undefined) {
    const { account, path } = foreign;
    return err({ code: "account-undeclared", account, path: `data/${account}${path}` });
  }
  const postinstall = readPostinstall(entries, meta.value);
  if (!postinstall.ok) return postinstall;
  return ok({
    meta: { ...meta.value, services: services.value.map(({ account }) => account) },
    services: services.value,
    files,
    postinstall: postinstall.value,
  });
}

function readServices(
  { code, infos }: Entries,
  meta: DeclaredMeta,
): Result<readonly PackagedService[], PackageError> {
  const withoutCode = [...(meta.services ?? []), ...infos.keys()].find((name) => !code.has(name));
  if (withoutCode !== undefined) return err({ code: "service-without-code", account: withoutCode });
  const services: PackagedService[] = [];
  for (const [account, packaged] of code) {
    if (!meta.accounts.includes(account)) {
      return err({ code: "account-undeclared", account, path: `service/${account}` });
    }
    if (meta.services?.includes(account) === false) {
      return err({ code: "service-undeclared", account });
    }
    const found = infos.get(account);
    const info =
      found === undefined
        ? ok({ flags: [] })
        : parseServiceInfo(account, found.path, found.content);
    if (!info.ok) return info;
    services.push({ account, ...packaged, info: info.value });
  }
  return ok(services.toSorted((a, b) => compare(a.account, b.account)));
}

/** A script acts for the package's own accounts only: whoever installs it signs for nothing else. */
function readPostinstall(
  { postinstall }: Entries,
  meta: DeclaredMeta,
): Result<readonly PostinstallAction[], PackageError> {
  if (postinstall === undefined) return ok([]);
  const actions = parsePostinstall(postinstall);
  if (!actions.ok) return actions;
  const foreign = actions.value.find(({ sender }) => !meta.accounts.includes(sender));
  if (foreign === undefined) return actions;
  return err({ code: "account-undeclared", account: foreign.sender, path: postinstallPath });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
