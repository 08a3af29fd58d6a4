import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompress } from "node:zlib";

import { equalBytes, sha256Hex } from "@kith/protocol/hashes";

/** Beside the libraries, so that it goes with them. */
const folder: string = join(import.meta.dirname, "../../node_modules/.cache/kith/compressed");

/**
 * What has been compressed on this machine before. It cannot go stale: it is found by the content, and believed only
 * when it gives that content.
 */
export async function keptCompressed(
  content: Uint8Array,
  from: string = folder,
): Promise<Uint8Array | undefined> {
  try {
    const compressed = new Uint8Array(await readFile(join(from, nameOf(content))));
    const decompressed = await decompress(compressed, content.length);
    return equalBytes(decompressed, content) ? compressed : undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing can be written, the next one compresses it again. */
export async function keepCompressed(
  content: Uint8Array,
  compressed: Uint8Array,
  into: string = folder,
): Promise<void> {
  const path = join(into, nameOf(content));
  const unfinished = `${path}.${process.pid}`;
  try {
    await mkdir(into, { recursive: true });
    await writeFile(unfinished, compressed);
    await rename(unfinished, path);
  } catch {
    return;
  }
}

/** Compressors differ, and what a site gets should not depend on which of them ran here first. */
function nameOf(content: Uint8Array): string {
  const { bun, deno, node } = process.versions;
  const compressor = bun === undefined ? `deno-${deno ?? node}` : `bun-${bun}`;
  return `${sha256Hex(content)}-${compressor}.br`;
}

function decompress(compressed: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  brotliDecompress(compressed, { maxOutputLength: sizeBytes }, (error, content) => {
    if (error === null) resolve(new Uint8Array(content));
    else reject(error);
  });
  return promise;
}
