import { err, ok, type Result } from "@kith/protocol/result";
import { Inflate } from "fflate";

import { crc32 } from "./crc32.ts";
import { whyNotEntryPath } from "./entry-path.ts";
import { contentBytesMax, expansionFreeBytes, expansionMax, packageBytesMax } from "./limits.ts";
import type { PackageError } from "./package-error.ts";
import { readZipDirectory, type ZipItem } from "./zip-directory.ts";

/**
 * Unpacks a zip that came from anywhere. All sizes are checked before anything is unpacked, and again while it is: a
 * file that is longer than the directory claims stops there.
 */
export function readZip(bytes: Uint8Array): Result<ReadonlyMap<string, Uint8Array>, PackageError> {
  if (bytes.length > packageBytesMax) {
    const sizeBytes = bytes.length;
    return err({ code: "package-too-large", sizeBytes, sizeBytesMax: packageBytesMax });
  }
  const items = readZipDirectory(bytes);
  if (!items.ok) return items;
  const problem = whyRefused(items.value, bytes.length);
  if (problem !== undefined) return err(problem);
  const files = new Map<string, Uint8Array>();
  for (const item of items.value) {
    const content = contentOf(item);
    if (content === undefined) return err({ code: "entry-damaged", path: item.path });
    files.set(item.path, content);
  }
  return ok(files);
}

function whyRefused(items: readonly ZipItem[], fileBytes: number): PackageError | undefined {
  const paths = new Set<string>();
  let sizeBytes = 0;
  for (const item of items) {
    const { path } = item;
    const reason = whyNotEntryPath(path);
    if (reason !== undefined)
      return { code: "entry-path-invalid", path: path.slice(0, 80), reason };
    if (paths.has(path)) return { code: "entry-repeated", path };
    paths.add(path);
    sizeBytes += item.sizeBytes;
  }
  if (sizeBytes > contentBytesMax) {
    return { code: "content-too-large", sizeBytes, sizeBytesMax: contentBytesMax };
  }
  if (sizeBytes > expansionFreeBytes && sizeBytes > expansionMax * fileBytes) {
    return { code: "expands-too-much", sizeBytes, fileBytes };
  }
  return undefined;
}

/** Undefined when the data is not what the directory says. */
function contentOf(item: ZipItem): Uint8Array | undefined {
  const content = item.method === "stored" ? item.data.slice() : inflate(item);
  return content !== undefined && crc32(content) === item.crc ? content : undefined;
}

/** In small pieces, because a piece of deflated data can become a thousand times its size. */
function inflate({ data, sizeBytes }: ZipItem): Uint8Array | undefined {
  const content = new Uint8Array(sizeBytes);
  let at = 0;
  let fits = true;
  const stream = new Inflate((piece) => {
    fits = fits && at + piece.length <= sizeBytes;
    if (fits) content.set(piece, at);
    at += piece.length;
  });
  try {
    for (let from = 0; from === 0 || from < data.length; from += pieceBytes) {
      const next = from + pieceBytes;
      stream.push(data.subarray(from, next), next >= data.length);
      if (!fits) return undefined;
    }
  } catch {
    return undefined;
  }
  return at === sizeBytes ? content : undefined;
}

const pieceBytes = 8 * 1024;
