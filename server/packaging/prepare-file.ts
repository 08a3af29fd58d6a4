import { readFile } from "node:fs/promises";
import { brotliCompress, constants } from "node:zlib";

import { sha256Hex } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import { chunksOf, isHashedName, type Chunk } from "@kith/sdk/site-content";
import type { SiteFile } from "@kith/sdk/system/sites";

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
  const compressed = compressible ? await compress(content) : undefined;
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

/** Undefined when it gains less than a twentieth, which is not worth every reader's work. */
function compress(content: Uint8Array): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  if (content.length < compressedBytesMin) return Promise.resolve(undefined);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: qualityOf(content.length),
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  brotliCompress(content, { params }, (error, compressed) => {
    const gains = error === null && compressed.length < content.length * 0.95;
    resolve(gains ? new Uint8Array(compressed) : undefined);
  });
  return promise;
}

/** Below this, headers outweigh what compression could gain. */
const compressedBytesMin = 128;

/** Quality 11 takes about a second a megabyte, 9 a tenth and 5 a thirtieth of that. */
function qualityOf(sizeBytes: number): number {
  if (sizeBytes <= 128 * 1024) return 11;
  return sizeBytes <= 2 * 1024 * 1024 ? 9 : 5;
}
