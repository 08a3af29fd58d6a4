import {
  indexName,
  isIndexed,
  parseIndex,
  type IndexedPackage,
} from "@kith/packaging/package-index";
import { readPackage, type PackageFile } from "@kith/packaging/read-package";
import { err, ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";
import { exchange } from "./http-exchange.ts";
import { parseNodeAddress } from "./node-address.ts";

/** A package that an index at some address lists. */
export type RemotePackage = IndexedPackage & { readonly url: string };

export function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** What a folder at an address has, by the `index.json` in it. */
export async function readRemoteIndex(
  address: string,
): Promise<Result<readonly RemotePackage[], CliError>> {
  const folder = address.endsWith("/") ? address : `${address}/`;
  const path = `${folder}${indexName}`;
  const bytes = await download(path);
  if (!bytes.ok) return bytes;
  const index = parseIndex(bytes.value);
  if (!index.ok) return err({ code: "index-invalid", path, fault: index.error });
  return ok(index.value.map((each) => ({ ...each, url: `${folder}${escaped(each.file)}` })));
}

/** Refuses a file that is not the one that its index describes. */
export async function fetchPackage(remote: RemotePackage): Promise<Result<PackageFile, CliError>> {
  const bytes = await download(remote.url);
  const file = bytes.ok ? parsePackage(remote.url, bytes.value) : bytes;
  if (!file.ok || isIndexed(file.value, remote)) return file;
  return err({ code: "package-not-as-indexed", path: remote.url });
}

export function parsePackage(path: string, bytes: Uint8Array): Result<PackageFile, CliError> {
  const file = readPackage(bytes);
  return file.ok ? file : err({ code: "package-invalid", path, fault: file.error });
}

export async function download(url: string): Promise<Result<Uint8Array, CliError>> {
  const address = parseNodeAddress(url);
  if (!address.ok) return address;
  const { host, pathname, search } = new URL(url);
  const target = `${pathname}${search}`;
  const headers = { "accept-encoding": "identity" };
  const answer = await exchange(address.value, { method: "GET", host, target, headers });
  if (!answer.ok) return err({ code: "node-unreachable", url, reason: answer.error });
  const { status, bytes } = answer.value;
  return status === 200
    ? ok(bytes)
    : err({ code: "answer-invalid", url, reason: `status ${status}` });
}

function escaped(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
