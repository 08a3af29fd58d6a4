import { err, type Result } from "@kith/protocol/result";
import { javaScript } from "@kith/sdk/system/setcode";

import { metaPath, packMeta } from "./meta-json.ts";
import type { PackageError } from "./package-error.ts";
import type { Package } from "./package.ts";
import { packPostinstall, postinstallPath } from "./postinstall-json.ts";
import { readPackage, type PackageFile } from "./read-package.ts";
import { packServiceInfo } from "./service-json.ts";
import { writeZip } from "./write-zip.ts";

/** A package, and the bytes of its file. */
export type WrittenPackage = PackageFile & { readonly bytes: Uint8Array };

/** Makes a `.psi` file: the same contents always give the same bytes. What could not be read again is refused. */
export function writePackage(contents: Package): Result<WrittenPackage, PackageError> {
  const repeated = repeatedPath(contents);
  if (repeated !== undefined) return err({ code: "entry-repeated", path: repeated });
  const bytes = writeZip(entriesOf(contents));
  const read = readPackage(bytes);
  return read.ok ? { ok: true, value: { ...read.value, bytes } } : read;
}

function entriesOf({ meta, services, files, postinstall }: Package): Map<string, Uint8Array> {
  const entries = new Map([[metaPath, packMeta(meta)]]);
  for (const { account, vm, code, info } of services) {
    entries.set(`service/${account}.${vm === javaScript ? "js" : "wasm"}`, code);
    entries.set(`service/${account}.json`, packServiceInfo(info));
  }
  for (const { account, path, content } of files) entries.set(`data/${account}${path}`, content);
  if (postinstall.length > 0) entries.set(postinstallPath, packPostinstall(postinstall));
  return entries;
}

function repeatedPath({ files }: Package): string | undefined {
  const seen = new Set<string>();
  for (const { account, path } of files) {
    const entry = `data/${account}${path}`;
    if (seen.has(entry)) return entry;
    seen.add(entry);
  }
  return undefined;
}
