import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { packageBytesMax } from "@kith/packaging/limits";
import { readPackage, type PackageFile } from "@kith/packaging/read-package";
import type { Wanted } from "@kith/packaging/resolve-packages";
import { parseVersionPattern } from "@kith/protocol/package-version";
import { err, ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";
import { exchange } from "./http-exchange.ts";
import { folderPackagesMax } from "./limits.ts";
import { parseNodeAddress } from "./node-address.ts";

export type LoadedPackages = {
  readonly wanted: readonly Wanted[];
  /** What dependencies may be taken from: the files that were named, and those of the folder. */
  readonly available: readonly PackageFile[];
};

/** Each word is a file, an address of one, or a name with perhaps a pattern of versions: `tokens@^1.2`. */
export async function loadPackages(
  words: readonly string[],
  folder: string | undefined,
): Promise<Result<LoadedPackages, CliError>> {
  const wanted: Wanted[] = [];
  const files: PackageFile[] = [];
  for (const word of words) {
    const one = await loadWanted(word);
    if (!one.ok) return one;
    wanted.push(one.value);
    if ("contents" in one.value) files.push(one.value);
  }
  const found = folder === undefined ? ok([]) : readFolder(resolve(folder));
  return found.ok ? ok({ wanted, available: [...files, ...found.value] }) : found;
}

async function loadWanted(word: string): Promise<Result<Wanted, CliError>> {
  if (/^https?:\/\//.test(word)) return download(word);
  if (word.endsWith(".psi") || word.includes("/")) return readFile(resolve(word));
  const [name = "", version = "*"] = word.split("@", 2);
  if (name !== "" && parseVersionPattern(version).ok) return ok({ name, version });
  const message = `"${word}" is neither a file (NAME.psi), nor an address, nor NAME or NAME@VERSION.`;
  return err({ code: "usage", message });
}

function readFile(path: string): Result<PackageFile, CliError> {
  try {
    const { size } = statSync(path);
    if (size > packageBytesMax) return tooLarge(path, size);
    return parse(path, new Uint8Array(readFileSync(path)));
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return err({ code: "file-unreadable", path, reason });
  }
}

async function download(url: string): Promise<Result<PackageFile, CliError>> {
  const address = parseNodeAddress(url);
  if (!address.ok) return address;
  const { host, pathname, search } = new URL(url);
  const target = `${pathname}${search}`;
  const answer = await exchange(address.value, { method: "GET", host, target });
  if (!answer.ok) return err({ code: "node-unreachable", url, reason: answer.error });
  const { status, bytes } = answer.value;
  if (status === 200) return parse(url, bytes);
  return err({ code: "answer-invalid", url, reason: `status ${status}` });
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
    const file = readFile(join(folder, name));
    if (!file.ok) return file;
    files.push(file.value);
  }
  return ok(files);
}

function parse(path: string, bytes: Uint8Array): Result<PackageFile, CliError> {
  const file = readPackage(bytes);
  return file.ok ? file : err({ code: "package-invalid", path, fault: file.error });
}

function tooLarge(path: string, sizeBytes: number): Result<never, CliError> {
  const fault = { code: "package-too-large", sizeBytes, sizeBytesMax: packageBytesMax } as const;
  return err({ code: "package-invalid", path, fault });
}
