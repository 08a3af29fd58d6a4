import { brotliCompress, constants } from "node:zlib";

import { keepCompressed, keptCompressed } from "./kept-compressions.ts";

/** Undefined when it gains less than a twentieth, which is not worth every reader's work. */
export async function compress(
  content: Uint8Array,
  contentType: string,
): Promise<Uint8Array | undefined> {
  if (content.length < compressedBytesMin) return undefined;
  const quality = qualityOf(content.length, contentType);
  const isSlow = quality === qualityBest && content.length > quicklyCompressedBytesMax;
  const kept = isSlow ? await keptCompressed(content) : undefined;
  const compressed = kept ?? (await brotli(content, quality));
  if (isSlow && kept === undefined) await keepCompressed(content, compressed);
  return compressed.length < content.length * 0.95 ? compressed : undefined;
}

/** Below this, headers outweigh what compression could gain. */
const compressedBytesMin = 128;
const quicklyCompressedBytesMax = 128 * 1024;
const engineBytesMax = 1024 * 1024;
const qualityBest = 11;

/**
 * Quality 11 takes two to seven seconds a megabyte, 9 a fourth of a second and 5 a tenth. Of what is large only engines
 * get the best, as every reader of an app waits for them and they hardly ever change (decision 0181).
 */
function qualityOf(sizeBytes: number, contentType: string): number {
  if (sizeBytes <= quicklyCompressedBytesMax) return qualityBest;
  if (contentType === "application/wasm" && sizeBytes <= engineBytesMax) return qualityBest;
  return sizeBytes <= 2 * 1024 * 1024 ? 9 : 5;
}

function brotli(content: Uint8Array, quality: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  brotliCompress(content, { params }, (error, compressed) => {
    if (error === null) resolve(new Uint8Array(compressed));
    else reject(error);
  });
  return promise;
}
