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
  /** Nobody can be sure of nothing: number 0, or an id that no block of this height can have. */
  | { readonly code: "certificate-of-no-block"; readonly num: number; readonly id: BlockId }
  | {
      readonly code: "certificate-without-own-block";
      readonly node: NodeId;
      readonly term: number;
      readonly blockTerm: number;
    }
  | { readonly code: "certificate-links-broken"; readonly num: number }
  | { readonly code: "certificate-links-too-many"; readonly count: number }
  /** Behind the newest block that a vote names. */
  | { readonly code: "certificate-links-spare"; readonly num: number }
  | { readonly code: "certificate-votes-unordered"; readonly node: NodeId }
  | { readonly code: "certificate-vote-elsewhere"; readonly node: NodeId }
  | { readonly code: "certificate-vote-of-stranger"; readonly node: NodeId }
  | { readonly code: "certificate-vote-forged"; readonly node: NodeId }
  | {
      readonly code: "certificate-without-quorum";
      readonly votes: number;
      readonly quorum: number;
    };

/**
 * Whether the certificate shows that the block with this header is final: it is about this block, and under CFT each vote names a
 * block of the term in which it was cast, this one or one that descends from it. A majority for a block of an earlier term does not
 * make it final, because a leader without it may still be elected (Raft section 5.4.2).
 */
export function verifyFinality(
  header: BlockHeader,
  certificate: Certificate,
  rules: CertificateRules,
): Result<Certificate, CertificateError> {
  const { kind, num, id } = certificate;
  if (kind !== "committed" || header.blockNum !== num || blockIdOfHeader(header) !== id) {
    return err({ code: "certificate-of-another-block", num, id });
  }
  const verified = verifyCertificate(certificate, rules);
  if (!verified.ok || rules.joint.current.algorithm === "bft") return verified;
  const fault = voteWithoutOwnBlock(header, certificate);
  return fault === undefined ? verified : err(fault);
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
 * Checks links, terms, the order of the signers, the quorum of each set, and then every signature, cheap things first. So a
 * certificate has no more votes than there are producers, and nothing in it that nobody has checked.
 */
export function verifyCertificate(
  certificate: Certificate,
  rules: CertificateRules,
): Result<Certificate, CertificateError> {
  const { epoch, num, id } = certificate;
  if (num === 0 || heightOf(id) !== num) return err({ code: "certificate-of-no-block", num, id });
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
 * when producers of that epoch have no say about it. Those of the epoch that begins are believed only by a node that knows the
 * block that introduced them to be final, by a certificate of the old ones: anybody could write a header that names himself.
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

/** A block's id begins with its number. */
function heightOf(id: BlockId): number {
  return Number.parseInt(id.slice(0, 8), 16);
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
  { kind, epoch, term, num: ownNum, links, votes }: Certificate,
  ids: ReadonlyMap<number, BlockId>,
): CertificateError | undefined {
  let last: NodeId | undefined;
  let newest: number = ownNum;
  for (const vote of votes) {
    const { node } = vote;
    if (last !== undefined && node <= last) return { code: "certificate-votes-unordered", node };
    last = node;
    if (vote.term !== term || vote.epoch !== epoch) {
      return { code: "certificate-of-another-term", node, term: vote.term };
    }
    const { num, id } = placeVotedFor(kind, vote);
    if (ids.get(num) !== id) return { code: "certificate-vote-elsewhere", node };
    newest = Math.max(newest, num);
  }
  const end = ownNum + links.length;
  return newest < end ? { code: "certificate-links-spare", num: end } : undefined;
}

function voteWithoutOwnBlock(
  header: BlockHeader,
  { kind, num, term, links, votes }: Certificate,
): CertificateError | undefined {
  for (const vote of votes) {
    const at = placeVotedFor(kind, vote).num - num;
    const blockTerm = at === 0 ? header.term : links[at - 1]?.term;
    if (blockTerm !== undefined && blockTerm !== term) {
      return { code: "certificate-without-own-block", node: vote.node, term, blockTerm };
    }
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
  const stranger = strangerAmong(votes, rules.joint);
  if (stranger !== undefined) return { code: "certificate-vote-of-stranger", node: stranger.node };
  const sets = setsThatCertify(kind, rules.joint).map((set) => ({
    nodes: new Set(set.producers.map(({ node }) => node)),
    quorum: kind === "led" ? 1 : quorumSize(set.algorithm, set.producers.length),
  }));
  for (const { nodes, quorum } of sets) {
    const count = votes.filter(({ node }) => nodes.has(node)).length;
    if (count < quorum) return { code: "certificate-without-quorum", votes: count, quorum };
  }
  for (const vote of votes) {
    if (!rules.isSigned(vote.node, voteStatement(rules.chain, vote), vote.signature)) {
      return { code: "certificate-vote-forged", node: vote.node };
    }
  }
  return undefined;
}

/** Somebody who is among no producers of the time: a vote too many, also where there are enough. */
function strangerAmong(
  votes: readonly SignedVote[],
  { current, next }: JointConsensus,
): SignedVote | undefined {
  const producers = [...current.producers, ...(next?.producers ?? [])];
  const nodes = new Set(producers.map(({ node }) => node));
  return votes.find(({ node }) => !nodes.has(node));
}
