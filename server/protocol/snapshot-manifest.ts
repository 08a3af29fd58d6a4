import type { BlockHeader, SealedBlock } from "./block.ts";
import { decodeBlock, headerCodec } from "./blocks.ts";
import { certificateCodec } from "./certificates.ts";
import { blockIdCodec, checksumCodec } from "./checksums.ts";
import { ChunkList, chunkListBytesMax } from "./chunk-list.ts";
import { bytesUpTo, list, object, option, type Codec } from "./fracpack.ts";
import type { FracpackError } from "./fracpack/layout.ts";
import type { BlockId, Checksum } from "./ids.ts";
import type { CertifiedHeader } from "./light-client.ts";
import {
  blockBytesMax,
  snapshotAncestorsMax,
  snapshotChangesMax,
  snapshotManifestBytesMax,
} from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

/**
 * What a snapshot is of: the state after a final block. Headers say what was true some blocks before them, so `proof` shows
 * that `block` is final and a later header that is final, too, says these roots.
 */
export type SnapshotManifest = {
  /** The id of the genesis block. */
  readonly chain: BlockId;
  /** The block that was executed last. */
  readonly block: SealedBlock;
  readonly stateRoot: Checksum;
  readonly eventRoot: Checksum;
  readonly chunks: ChunkList;
  /** Left out while no quorum has signed: then it is worth as much as the word of whoever sends it. */
  readonly proof?: SnapshotProof;
};

export type SnapshotProof = {
  /** Every block that changed the producers, from genesis up to `newest`. */
  readonly changes: readonly CertifiedHeader[];
  /** A block behind the snapshot's own. */
  readonly newest: CertifiedHeader;
  /** The headers between the two, newest first. */
  readonly between: readonly BlockHeader[];
};

export type ManifestError =
  | {
      readonly code: "manifest-too-large";
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  | { readonly code: "manifest-malformed"; readonly fault?: FracpackError };

const certifiedCodec: Codec<CertifiedHeader> = object({
  header: headerCodec,
  certificate: certificateCodec,
});

const proofCodec: Codec<SnapshotProof> = object({
  changes: list(certifiedCodec, snapshotChangesMax),
  newest: certifiedCodec,
  between: list(headerCodec, snapshotAncestorsMax),
});

const manifestCodec = object({
  chain: blockIdCodec,
  block: bytesUpTo(blockBytesMax),
  stateRoot: checksumCodec,
  eventRoot: checksumCodec,
  chunks: bytesUpTo(chunkListBytesMax),
  proof: option(proofCodec),
});

export function encodeSnapshotProof(proof: SnapshotProof): Uint8Array {
  return proofCodec.pack(proof);
}

export function decodeSnapshotProof(packed: Uint8Array): Result<SnapshotProof, ManifestError> {
  if (packed.length > snapshotManifestBytesMax) return tooLarge(packed.length);
  const proof = proofCodec.unpack(packed);
  return proof.ok ? proof : err({ code: "manifest-malformed", fault: proof.error });
}

export function encodeManifest({ block, chunks, ...fields }: SnapshotManifest): Uint8Array {
  return manifestCodec.pack({ ...fields, block: block.bytes, chunks: chunks.packed });
}

/** Block and chunks are checked for their form; nothing is proved by it. */
export function decodeManifest(packed: Uint8Array): Result<SnapshotManifest, ManifestError> {
  if (packed.length > snapshotManifestBytesMax) return tooLarge(packed.length);
  const fields = manifestCodec.unpack(packed);
  if (!fields.ok) return err({ code: "manifest-malformed", fault: fields.error });
  const block = decodeBlock(fields.value.block);
  const chunks = ChunkList.parse(fields.value.chunks);
  if (!block.ok || chunks === undefined) return err({ code: "manifest-malformed" });
  return ok({ ...fields.value, block: block.value, chunks });
}

function tooLarge(sizeBytes: number): Result<never, ManifestError> {
  return err({
    code: "manifest-too-large",
    sizeBytes,
    sizeBytesMax: snapshotManifestBytesMax,
  });
}
