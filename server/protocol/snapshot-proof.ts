import type { BlockHeader } from "./block.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { BlockId } from "./ids.ts";
import {
  followHeader,
  followHeaders,
  headerOfCheckpoint,
  provedAncestors,
  type CertifiedHeader,
  type LightError,
  type ProvedHeader,
} from "./light-client.ts";
import { err, ok, type Result } from "./result.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";
import { isSignedByNode, type StatementCheck } from "./vote.ts";

export type SnapshotProofError =
  | LightError
  | {
      readonly code: "snapshot-of-other-chain";
      readonly chain: BlockId;
      readonly expected: BlockId;
    }
  /** No quorum has signed what it is of. */
  | { readonly code: "snapshot-unsigned" }
  /** What is trusted already is of this block or a later one. */
  | { readonly code: "snapshot-not-newer"; readonly num: number; readonly trusted: number }
  /** No header of the proof says that this was the state after the block. */
  | { readonly code: "snapshot-root-not-proved"; readonly num: number };

/**
 * Whether a quorum has signed that `stateRoot` and `eventRoot` are those after `block`, and that the block is final; what the
 * caller trusts at the beginning is a checkpoint, its own newest final block at best.
 */
export function verifySnapshotProof(
  { chain, block, stateRoot, eventRoot, proof }: SnapshotManifest,
  trusted: Checkpoint,
  isSigned: StatementCheck = isSignedByNode,
): Result<undefined, SnapshotProofError> {
  if (chain !== trusted.chain) {
    return err({ code: "snapshot-of-other-chain", chain, expected: trusted.chain });
  }
  const num = block.header.blockNum;
  if (num <= trusted.block.num) {
    return err({ code: "snapshot-not-newer", num, trusted: trusted.block.num });
  }
  if (proof === undefined) return err({ code: "snapshot-unsigned" });
  const changes = proof.changes.filter(({ header }) => header.blockNum > trusted.block.num);
  const followed = followHeaders(trusted, changes, isSigned);
  if (!followed.ok) return followed;
  const newest = proveNewest(followed.value, proof.newest, isSigned);
  if (!newest.ok) return newest;
  const ancestors = provedAncestors(newest.value, [...proof.between, block.header]);
  if (!ancestors.ok) return ancestors;
  const saysSo = (header: BlockHeader): boolean =>
    header.executedNum === num && header.stateRoot === stateRoot && header.eventRoot === eventRoot;
  if ([proof.newest.header, ...proof.between].some(saysSo)) return ok(undefined);
  return err({ code: "snapshot-root-not-proved", num });
}

/** It may be itself the last one that changed the producers. */
function proveNewest(
  checkpoint: Checkpoint,
  newest: CertifiedHeader,
  isSigned: StatementCheck,
): Result<ProvedHeader, LightError> {
  const { header } = newest;
  if (header.blockNum === checkpoint.block.num) return headerOfCheckpoint(checkpoint, header);
  const followed = followHeader(checkpoint, newest, isSigned);
  return followed.ok ? ok(followed.value.proved) : followed;
}
