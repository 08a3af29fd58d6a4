import type { BlockHeader, Consensus, JointConsensus } from "./block.ts";
import { blockIdOfHeader } from "./blocks.ts";
import type { ConsensusPoint } from "./consensus-point.ts";
import { blockNumOf, type BlockId, type BlockNum, type NodeId, type Term } from "./ids.ts";
import { certificateLinksMax } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";
import { voteStatement, type BlockPlace, type SignedVote, type StatementCheck } from "./vote.ts";

/**
 * A quorum's word about a block, which anybody can check who knows the producers. `committed`: the block is final.
 * `prepared`: no other block can be final in this term (psibase specification, bft.md, rules 1 and 2). `led`: while CFT changes to BFT, one of
 * the old producers, which that rule trusts, says that the leader of this term has the block.
 */
export type Certificate = {
  readonly kind: "prepared" | "committed" | "led";
  readonly epoch: BlockNum;
  readonly term: Term;
  readonly num: BlockNum;
  readonly id: BlockId;
  /** The headers of the blocks after `num`, oldest first, up to the newest that a vote names: they show that it descends. */
  readonly links: readonly BlockHeader[];
  /** By ascending node, each at most once. */
  readonly votes: readonly SignedVote[];
};

/** Whose votes a certificate needs: a quorum of `current`, and of `next` where there is one. */
export type CertificateRules = {
  /** The id of the genesis block. */
  readonly chain: BlockId;
  readonly joint: JointConsensus;
  readonly epoch: BlockNum;
  /** `isSignedByNode`, but for simulations. */
  readonly isSigned: StatementCheck;
};

export type CertificateError =
  | {
      readonly code: "certificate-of-another-epoch";
      readonly epoch: number;
      readonly expected: number;
    }
  | { readonly code: "certificate-of-another-term"; readonly node: NodeId; readonly term: number }
  | { readonly code: "certificate-of-another-block"; readonly num: number; readonly id: BlockId }
  | {
      readonly code: "certificate-without-own-block";
      readonly term: number;
      readonly blockTerm: number;
    }
  | { readonly code: "certificate-links-broken"; readonly num: number }
  | { readonly code: "certificate-links-too-many"; readonly count: number }
  | { readonly code: "certificate-votes-unordered"; readonly node: NodeId }
  | { readonly code: "certificate-vote-elsewhere"; readonly node: NodeId }
  | { readonly code: "certificate-vote-forged"; readonly node: NodeId }
  | {
      readonly code: "certificate-without-quorum";
      readonly votes: number;
      readonly quorum: number;
    };

/**
 * Whether the certificate shows that the block with this header is final: it is about this block, and under CFT the block is of the
 * term of the votes (Raft section 5.4.2: older ones are final only with a later block).
 */
export function verifyFinality(
  header: BlockHeader,
  certificate: Certificate,
  rules: CertificateRules,
): Result<Certificate, CertificateError> {
  const { kind, num, id, term } = certificate;
  if (kind !== "committed" || header.blockNum !== num || blockIdOfHeader(header) !== id) {
    return err({ code: "certificate-of-another-block", num, id });
  }
  if (rules.joint.current.algorithm === "cft" && header.term !== term) {
    return err({ code: "certificate-without-own-block", term, blockTerm: header.term });
  }
  return verifyCertificate(certificate, rules);
}

/** How many of so many producers decide: more than half under CFT; under BFT two sets of this size share an honest node. */
export function quorumSize(algorithm: Consensus["algorithm"], producers: number): number {
  switch (algorithm) {
    case "cft":
      return Math.floor(producers / 2) + 1;
    case "bft":
      return Math.floor((2 * producers) / 3) + 1;
  }
}

/**
 * Checks links, terms, the order of the signers, the quorum of each set, and then the signatures, cheap things first.
 * Signatures of nodes that are no producers are not looked at and count for nothing.
 */
export function verifyCertificate(
  certificate: Certificate,
  rules: CertificateRules,
): Result<Certificate, CertificateError> {
  const { epoch } = certificate;
  if (epoch !== rules.epoch) {
    return err({ code: "certificate-of-another-epoch", epoch, expected: rules.epoch });
  }
  const ids = linkedIds(certificate);
  if (!ids.ok) return ids;
  const fault = checkVotes(certificate, ids.value) ?? checkQuorums(certificate, rules);
  return fault === undefined ? ok(certificate) : err(fault);
}

/** The sets of producers whose quorum the certificate needs (joint-consensus.md): CFT producers commit and never prepare. */
export function setsThatCertify(
  kind: Certificate["kind"],
  joint: JointConsensus,
): readonly Consensus[] {
  const { current, next } = joint;
  if (kind === "led" || next === undefined) return [current];
  return kind === "prepared" && next.algorithm === "cft" ? [current] : [current, next];
}

/**
 * The rules under which a block's certificate of this epoch counts, when `point` holds after that block; undefined
 * when producers of that epoch have no say about it.
 */
export function rulesOfEpoch(
  point: ConsensusPoint,
  epoch: number,
): { readonly joint: JointConsensus; readonly epoch: BlockNum } | undefined {
  if (epoch === point.epoch) return { joint: point.joint, epoch: point.epoch };
  const { next } = point.joint;
  if (next === undefined || epoch !== point.since) return undefined;
  return { joint: { current: next }, epoch: blockNumOf(epoch) };
}

/** The ids that a vote may name, by height: the block's own and those of the blocks that the links show behind it. */
function linkedIds({
  num,
  id,
  links,
}: Certificate): Result<ReadonlyMap<number, BlockId>, CertificateError> {
  if (links.length > certificateLinksMax) {
    return err({ code: "certificate-links-too-many", count: links.length });
  }
  const ids = new Map<number, BlockId>([[num, id]]);
  let tip: { readonly num: number; readonly id: BlockId } = { num, id };
  for (const header of links) {
    if (header.blockNum !== tip.num + 1 || header.previous !== tip.id) {
      return err({ code: "certificate-links-broken", num: header.blockNum });
    }
    tip = { num: header.blockNum, id: blockIdOfHeader(header) };
    ids.set(tip.num, tip.id);
  }
  return ok(ids);
}

function checkVotes(
  { kind, epoch, term, votes }: Certificate,
  ids: ReadonlyMap<number, BlockId>,
): CertificateError | undefined {
  let last: NodeId | undefined;
  for (const vote of votes) {
    const { node } = vote;
    if (last !== undefined && node <= last) return { code: "certificate-votes-unordered", node };
    last = node;
    if (vote.term !== term || vote.epoch !== epoch) {
      return { code: "certificate-of-another-term", node, term: vote.term };
    }
    const { num, id } = placeVotedFor(kind, vote);
    if (ids.get(num) !== id) return { code: "certificate-vote-elsewhere", node };
  }
  return undefined;
}

/** What a vote says for this kind of certificate. */
export function placeVotedFor(kind: Certificate["kind"], vote: SignedVote): BlockPlace {
  return kind === "prepared" ? vote.prepared : vote.committed;
}

function checkQuorums(
  certificate: Certificate,
  rules: CertificateRules,
): CertificateError | undefined {
  const { kind, votes } = certificate;
  const sets = setsThatCertify(kind, rules.joint).map((set) => ({
    nodes: new Set(set.producers.map(({ node }) => node)),
    quorum: kind === "led" ? 1 : quorumSize(set.algorithm, set.producers.length),
  }));
  for (const { nodes, quorum } of sets) {
    const count = votes.filter(({ node }) => nodes.has(node)).length;
    if (count < quorum) return { code: "certificate-without-quorum", votes: count, quorum };
  }
  for (const vote of votes) {
    if (!sets.some(({ nodes }) => nodes.has(vote.node))) continue;
    if (!rules.isSigned(vote.node, voteStatement(rules.chain, vote), vote.signature)) {
      return { code: "certificate-vote-forged", node: vote.node };
    }
  }
  return undefined;
}
