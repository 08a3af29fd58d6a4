import type { BlockHeader } from "./block.ts";
import { blockIdOfHeader, consensusStateOf } from "./blocks.ts";
import {
  rulesOfEpoch,
  verifyFinality,
  type Certificate,
  type CertificateError,
} from "./certificate.ts";
import type { Checkpoint } from "./checkpoint.ts";
import {
  consensusAfter,
  consensusUnder,
  noConsensus,
  type ConsensusPoint,
} from "./consensus-point.ts";
import type { BlockId } from "./ids.ts";
import { err, ok, type Result } from "./result.ts";
import { isSignedByNode, type StatementCheck } from "./vote.ts";

/**
 * A client that believes nobody: it follows the headers of a network from its genesis block, or from a checkpoint, by what quorums of
 * producers signed, and checks rows and events against them (`light-proof.ts`). It skips as many blocks as it likes, but for those that
 * change the producers, because each set of producers vouches for the next (Braithwaite et al., A Tendermint Light Client, 2020,
 * section 2; psibase specification, joint-consensus.md). It is as safe as what it starts from and the producers since: those of old who
 * got together again could sign another history behind a checkpoint of their time, so keep the newest one. It knows no
 * clock: how old the newest header is that a node shows, the caller sees by `header.time`.
 */

const proved: unique symbol = Symbol("proved");

/** A header of a final block, as this file alone makes it. */
export type ProvedHeader = {
  readonly id: BlockId;
  readonly header: BlockHeader;
  readonly [proved]: true;
};

/** A header, and the word of a quorum that its block is final. */
export type CertifiedHeader = {
  readonly header: BlockHeader;
  readonly certificate: Certificate;
};

export type LightError =
  | CertificateError
  /** It is not the header of the network's first block, or names no producers. */
  | { readonly code: "light-genesis-wrong"; readonly id: BlockId }
  /** The block is not behind the checkpoint: start from an older one, or go back from a newer header by its ancestors. */
  | { readonly code: "light-header-not-newer"; readonly num: number; readonly checkpoint: number }
  /** No producer of this network would have made it. */
  | { readonly code: "light-header-breaks-rules"; readonly num: number }
  /** Others produce there than at the checkpoint: what changed them comes first. Or it is of another network. */
  | { readonly code: "light-change-missing"; readonly num: number; readonly checkpoint: number }
  /** The header is not the one before. */
  | { readonly code: "light-ancestor-wrong"; readonly num: number; readonly id: BlockId };

export type Followed = { readonly checkpoint: Checkpoint; readonly proved: ProvedHeader };

/** The start of a network whose id is known: its first block is final by definition and names the first producers. */
export function followGenesis(chain: BlockId, header: BlockHeader): Result<Followed, LightError> {
  const id = blockIdOfHeader(header);
  const point = consensusAfter(noConsensus, header);
  if (id !== chain || header.blockNum !== 1 || point.joint.current.producers.length === 0) {
    return err({ code: "light-genesis-wrong", id });
  }
  const checkpoint = { chain, block: { num: header.blockNum, id }, point };
  return ok({ checkpoint, proved: provedHeader(id, header) });
}

/**
 * Goes on from a checkpoint to a later block that a certificate shows to be final. The blocks between may be left out, but for those that
 * change the producers (`newConsensus`). Costs one Ed25519 verification for each vote.
 */
export function followHeader(
  checkpoint: Checkpoint,
  { header, certificate }: CertifiedHeader,
  isSigned: StatementCheck = isSignedByNode,
): Result<Followed, LightError> {
  const { chain, block, point } = checkpoint;
  const num = header.blockNum;
  if (num <= block.num) {
    return err({ code: "light-header-not-newer", num, checkpoint: block.num });
  }
  if (header.commitNum >= num || header.executedNum >= num) {
    return err({ code: "light-header-breaks-rules", num });
  }
  const under = consensusUnder(point, header.commitNum);
  if (header.consensusState !== consensusStateOf(under.joint)) {
    return err({ code: "light-change-missing", num, checkpoint: block.num });
  }
  if (header.newConsensus !== undefined && under.joint.next !== undefined) {
    return err({ code: "light-header-breaks-rules", num });
  }
  const after = consensusAfter(point, header);
  const rules = rulesToBelieve(point, after, certificate);
  if (!rules.ok) return rules;
  const verified = verifyFinality(header, certificate, { ...rules.value, chain, isSigned });
  if (!verified.ok) return verified;
  const place = { num, id: certificate.id };
  return ok({
    checkpoint: { chain, block: place, point: after },
    proved: provedHeader(place.id, header),
  });
}

/** Several of them, oldest first: the blocks that changed the producers, say. The first that is wrong is the end. */
export function followHeaders(
  checkpoint: Checkpoint,
  certified: readonly CertifiedHeader[],
  isSigned: StatementCheck = isSignedByNode,
): Result<Checkpoint, LightError> {
  let at = checkpoint;
  for (const each of certified) {
    const followed = followHeader(at, each, isSigned);
    if (!followed.ok) return followed;
    at = followed.value.checkpoint;
  }
  return ok(at);
}

/** The header of the checkpoint's own block: its id tells. */
export function headerOfCheckpoint(
  { block }: Checkpoint,
  header: BlockHeader,
): Result<ProvedHeader, LightError> {
  const id = blockIdOfHeader(header);
  if (id !== block.id) return err({ code: "light-ancestor-wrong", num: header.blockNum, id });
  return ok(provedHeader(id, header));
}

/**
 * Blocks before a proved one, newest first and without a gap: each header names the id of the one before it, which nobody can
 * give to another header. Costs one SHA-256 for each; the last of them is the one that was looked for.
 */
export function provedAncestors(
  from: ProvedHeader,
  headers: readonly BlockHeader[],
): Result<readonly ProvedHeader[], LightError> {
  const ancestors: ProvedHeader[] = [];
  let at = from.header;
  for (const header of headers) {
    const id = blockIdOfHeader(header);
    const num = header.blockNum;
    if (num !== at.blockNum - 1 || id !== at.previous) {
      return err({ code: "light-ancestor-wrong", num, id });
    }
    ancestors.push(provedHeader(id, header));
    at = header;
  }
  return ok(ancestors);
}

/**
 * While producers change, both sets decide; the new ones alone only when their change is final by a certificate of both, which the
 * checkpoint knows when it lies at the change or behind it. A header that brings its own producers proves nothing by their votes.
 */
function rulesToBelieve(
  before: ConsensusPoint,
  after: ConsensusPoint,
  { epoch }: Certificate,
): Result<NonNullable<ReturnType<typeof rulesOfEpoch>>, LightError> {
  const rules = rulesOfEpoch(after, epoch);
  const isKnown = epoch === after.epoch || epoch === before.since;
  if (rules !== undefined && isKnown) return ok(rules);
  return err({ code: "certificate-of-another-epoch", epoch, expected: after.epoch });
}

function provedHeader(id: BlockId, header: BlockHeader): ProvedHeader {
  return { id, header, [proved]: true };
}
