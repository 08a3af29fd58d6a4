import { bytesOfTrustedHex, equalBytes } from "@kith/protocol/hashes";
import { decodeSnapshotChunk, verifySnapshotChunk } from "@kith/protocol/snapshot-chunk";
import type { SnapshotManifest } from "@kith/protocol/snapshot-manifest";

import type { SnapshotError } from "./errors.ts";

/** Why a chunk is not what the manifest's state has in the range that the manifest gives it; undefined when it is. */
export function checkChunk(
  manifest: SnapshotManifest,
  at: number,
  bytes: Uint8Array,
): SnapshotError | undefined {
  const wrong = (fault: ChunkFault): SnapshotError => ({
    code: "snapshot-chunk-wrong",
    chunk: at,
    fault,
  });
  const chunk = decodeSnapshotChunk(bytes);
  if (!chunk.ok) return wrong(chunk.error);
  const { from, to } = manifest.chunks.rangeOf(at);
  const { range } = chunk.value;
  const isRange =
    equalBytes(range.from, from) &&
    (to === undefined
      ? range.to === undefined
      : range.to !== undefined && equalBytes(range.to, to));
  if (!isRange) return wrong({ code: "chunk-not-next" });
  const verified = verifySnapshotChunk(bytesOfTrustedHex(manifest.stateRoot), chunk.value);
  return verified.ok ? undefined : wrong(verified.error);
}

type ChunkFault = Extract<SnapshotError, { code: "snapshot-chunk-wrong" }>["fault"];
