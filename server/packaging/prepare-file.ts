import { readFile } from "node:fs/promises";

import { sha256Hex } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import { isHashedName } from "@kith/sdk/hashed-name";
import { chunksOf, type Chunk } from "@kith/sdk/site-content";
import { pluginPaths, type SiteFile } from "@kith/sdk/system/sites";

import { compress } from "./compress.ts";
import { fileKindOf } from "./content-type.ts";
import type { FolderError } from "./folder-error.ts";

/** A file as it goes to the network: the entry, and the pieces that the entry names. */
export type PreparedContent = {
  readonly entry: SiteFile;
  readonly chunks: readonly Chunk[];
};

/** Reads a file; the hash of its content says whether the site has it already. */
export async function readContent(file: string): Promise<Result<Uint8Array, FolderError>> {
  try {
    return ok(new Uint8Array(await readFile(file)));
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return err({ code: "file-unreadable", path: file, reason });
  }
}

/** `path` is where the content will be on the site. */
export async function prepareContent(path: string, content: Uint8Array): Promise<PreparedContent> {
  const { contentType, compressible } = fileKindOf(path);
  // `sites` reads it (its query `plugins`), and cannot decompress.
  const isRead = path === pluginPaths.manifest;
  const compressed = compressible && !isRead ? await compress(content, contentType) : undefined;
  const chunks = chunksOf(compressed ?? content);
  const entry = {
    path,
    contentType,
    ...(compressed === undefined ? {} : { encoding: "br" }),
    hash: sha256Hex(content),
    sizeBytes: content.length,
    chunks: chunks.map((chunk) => chunk.hash),
    immutable: isHashedName(path),
  };
  return { entry, chunks };
}
