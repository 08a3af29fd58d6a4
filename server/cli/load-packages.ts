import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { packageBytesMax } from "@kith/packaging/limits";
import type { PackageFile } from "@kith/packaging/read-package";
import type { Wanted } from "@kith/packaging/resolve-packages";
import { parseVersionPattern } from "@kith/protocol/package-version";
import { err, ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";
import { folderPackagesMax } from "./limits.ts";
import { reasonOf } from "./reason-of.ts";
import {
  download,
  fetchPackage,
  isAddress,
  parsePackage,
  readRemoteIndex,
  type RemotePackage,
} from "./remote-packages.ts";

export type LoadedPackages = {
  readonly wanted: readonly Wanted[];
  /** What dependencies may be taken from: the files that were named, and what lies in the folder. */
  readonly available: readonly Available[];
};

/** A package whose file is here, or at an address. */
export type Available = PackageFile | RemotePackage;

/** Each word is a file, an address of one, or a name with perhaps a pattern of versions: `tokens@^1.2`. */
export async function loadPackages(
  words: readonly string[],
  from: string | undefined,
): Promise<Result<LoadedPackages, CliError>> {
  const wanted: Wanted[] = [];
  const files: PackageFile[] = [];
  for (const word of words) {
    const one = await loadWanted(word);
    if (!one.ok) return one;
    wanted.push(one.value);
    if ("contents" in one.value) files.push(one.value);
  }
  const found = await offersOf(from);
  return found.ok ? ok({ wanted, available: [...files, ...found.value] }) : found;
}

async function offersOf(from: string | undefined): Promise<Result<readonly Available[], CliError>> {
  if (from === undefined) return ok([]);
  return isAddress(from) ? readRemoteIndex(from) : readFolder(resolve(from));
}

/** The files of packages that were chosen, in their order; those that lie elsewhere are fetched. */
export async function fetchAll(
  chosen: readonly Available[],
): Promise<Result<readonly PackageFile[], CliError>> {
  const files: PackageFile[] = [];
  for (const each of chosen) {
    const file = "url" in each ? await fetchPackage(each) : ok(each);
    if (!file.ok) return file;
    files.push(file.value);
  }
  return ok(files);
}

async function loadWanted(word: string): Promise<Result<Wanted, CliError>> {
  if (isAddress(word)) return fetchFile(word);
  if (word.endsWith(".psi") || word.includes("/")) return readPackageFile(resolve(word));
  const [name = "", version = "*"] = word.split("@", 2);
  if (name !== "" && parseVersionPattern(version).ok) return ok({ name, version });
  const message = `"${word}" is neither a file (NAME.psi), nor an address, nor NAME or NAME@VERSION.`;
  return err({ code: "usage", message });
}

export function readPackageFile(path: string): Result<PackageFile, CliError> {
  try {
    const { size } = statSync(path);
    if (size > packageBytesMax) return tooLarge(path, size);
    return parsePackage(path, new Uint8Array(readFileSync(path)));
  } catch (fault) {
    const reason = reasonOf(fault);
    return err({ code: "file-unreadable", path, reason });
  }
}

async function fetchFile(url: string): Promise<Result<PackageFile, CliError>> {
  const bytes = await download(url);
  return bytes.ok ? parsePackage(url, bytes.value) : bytes;
}

/** The `.psi` files of a folder, in the order of their names. */
function readFolder(folder: string): Result<readonly PackageFile[], CliError> {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".psi"));
  } catch {
    return err({ code: "file-unreadable", path: folder, reason: "it is no folder" });
  }
  if (names.length > folderPackagesMax) {
    const message = `${folder} has ${names.length} packages; at most ${folderPackagesMax} can be looked at.`;
    return err({ code: "usage", message });
  }
  const files: PackageFile[] = [];
  for (const name of names.toSorted()) {
    const file = readPackageFile(join(folder, name));
    if (!file.ok) return file;
    files.push(file.value);
  }
  return ok(files);
}

function tooLarge(path: string, sizeBytes: number): Result<never, CliError> {
  const fault = { code: "package-too-large", sizeBytes, sizeBytesMax: packageBytesMax } as const;
  return err({ code: "package-invalid", path, fault });
}
