import type { BlockHeader, JointConsensus } from "@kith/protocol/block";
import {
  placeVotedFor,
  rulesOfEpoch,
  setsThatCertify,
  verifyCertificate,
  type Certificate,
} from "@kith/protocol/certificate";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import { blockNumOf, type NodeId } from "@kith/protocol/ids";
import { certificateLinksMax } from "@kith/protocol/limits";
import { voteStatement, type SignedVote } from "@kith/protocol/vote";

import type { ConsensusState } from "../core/state.ts";
import { quorumOfVoters, votersOf, type Voters } from "../joint/voters.ts";
import { epochOf, rulesInForce } from "./rules.ts";

/**
 * Terms first, then heights (bft.md, irreversibility); the term is the one in which the certificate was made. What the
 * producers of earlier epochs sign never outdoes what later ones did, whatever terms they claim.
 */
export function isBetter(a: Order, b: Order): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return a.term === b.term ? a.num > b.num : a.term > b.term;
}

/** What certificates are ordered by. */
export type Order = { readonly epoch: number; readonly term: number; readonly num: number };

/**
 * Whether this node is bound by a better certificate than that of a root to a block that would go with what is behind `keepNum`. It
 * keeps that block, because others may need it, and takes no part in a term that goes on from elsewhere until that term
 * has a better certificate (bft.md, rule 3).
 */
export function isBoundBehind(
  { bft, log }: ConsensusState,
  keepNum: number,
  root: Certificate | undefined,
): boolean {
  const { lock } = bft;
  if (lock === undefined || lock.num <= keepNum || log.idAt(lock.num) !== lock.id) return false;
  return isBetter(lock, orderOf(root));
}

/** The order of what a node is bound to; nothing is worse than the genesis block. */
export function orderOf(lock: Certificate | undefined): Order {
  return lock ?? { epoch: 0, term: 0, num: 1 };
}

/**
 * A certificate for the own block at this height, of votes of this term, as soon as enough of them are signed. Votes that
 * are not are thrown away: they came over a link of the voter, but would prove nothing to others.
 */
export function makeCertificate(
  state: ConsensusState,
  kind: "prepared" | "committed",
  num: number,
): Certificate | undefined {
  const id = state.log.idAt(num);
  const rules = rulesOfEpoch(state.consensus.pointAt(num), epochOf(state));
  if (id === undefined || rules === undefined) return undefined;
  const isExact = kind === "prepared" && state.log.termAt(num) !== state.term;
  const farthest = isExact ? num : num + certificateLinksMax;
  const votes = quorumOfSigned(state, { kind, num, farthest }, votersFor(kind, rules.joint));
  return votes === undefined ? undefined : certificateOf(state, kind, num, votes);
}

/** Of votes that were counted and checked; undefined when the blocks that they name are too far apart, or have left memory. */
export function certificateOf(
  state: ConsensusState,
  kind: Certificate["kind"],
  num: number,
  votes: readonly SignedVote[],
): Certificate | undefined {
  const id = state.log.idAt(num);
  const [first] = votes;
  if (id === undefined || first === undefined) return undefined;
  const { epoch, term } = first;
  const tip = Math.max(num, ...votes.map((vote) => placeVotedFor(kind, vote).num));
  const links = tip - num > certificateLinksMax ? undefined : linksBetween(state, num, tip);
  if (links === undefined) return undefined;
  const about = { epoch, term, num: blockNumOf(num), id };
  return { kind, ...about, links, votes: votes.toSorted((a, b) => (a.node < b.node ? -1 : 1)) };
}

function votersFor(kind: "prepared" | "committed", joint: JointConsensus): Voters {
  const [current, next] = setsThatCertify(kind, joint);
  return votersOf(next === undefined ? { current: current ?? joint.current } : joint);
}

/** As few votes as are needed: those whose signature was checked before come first. */
function quorumOfSigned(
  state: ConsensusState,
  about: {
    readonly kind: "prepared" | "committed";
    readonly num: number;
    readonly farthest: number;
  },
  voters: Voters,
): readonly SignedVote[] | undefined {
  const { bft } = state;
  const { kind, num, farthest } = about;
  const open: SignedVote[] = [];
  const votes: SignedVote[] = [];
  const signers = new Set<NodeId>();
  const isEnough = (): boolean => quorumOfVoters(voters, (node) => signers.has(node));
  const take = (vote: SignedVote): void => {
    votes.push(vote);
    signers.add(vote.node);
  };
  for (const node of voters.nodes) {
    const peer = bft.peers.get(node);
    const vote = kind === "prepared" ? peer?.prepared : peer?.committed;
    if (vote === undefined) continue;
    const at = placeVotedFor(kind, vote).num;
    if (at < num || at > farthest) continue;
    if (bft.checked.has(vote)) take(vote);
    else open.push(vote);
  }
  for (const vote of open) {
    if (isEnough()) break;
    if (voteIsSigned(state, vote)) take(vote);
    else bft.peers.delete(vote.node);
  }
  return isEnough() ? votes : undefined;
}

export function voteIsSigned(state: ConsensusState, vote: SignedVote): boolean {
  const { bft, config } = state;
  const { chain, isSigned } = config.crypto;
  if (bft.checked.has(vote)) return true;
  if (!isSigned(vote.node, voteStatement(chain, vote), vote.signature)) return false;
  bft.checked.add(vote);
  return true;
}

function linksBetween(
  state: ConsensusState,
  num: number,
  tip: number,
): readonly BlockHeader[] | undefined {
  const links: BlockHeader[] = [];
  for (let at = num + 1; at <= tip; at += 1) {
    const header = state.log.block(at)?.header;
    if (header === undefined) return undefined;
    links.push(header);
  }
  return links;
}

/** Whether the certificate shows what it says about a block of this log, under the rules after that block. */
export function certificateHolds(state: ConsensusState, certificate: Certificate): boolean {
  const { consensus, log } = state;
  const { num, id } = certificate;
  if (log.idAt(num) !== id) return false;
  const point = consensus.pointAt(num);
  return certificateHoldsUnder(state, certificate, { term: log.termAt(num), point });
}

/** Whether today's producers signed it, whatever block it is about. */
export function certificateIsSigned(state: ConsensusState, certificate: Certificate): boolean {
  const rules = rulesOfEpoch(rulesInForce(state), certificate.epoch);
  if (rules === undefined) return false;
  const { chain, isSigned } = state.config.crypto;
  return verifyCertificate(certificate, { ...rules, chain, isSigned }).ok;
}

/** The same for a block of this term, after which these rules hold. */
export function certificateHoldsUnder(
  state: ConsensusState,
  certificate: Certificate,
  { term, point }: { readonly term: number | undefined; readonly point: ConsensusPoint },
): boolean {
  // Without the proof that a change is final its producers alone decide nothing, whatever blocks of theirs say about it.
  if (certificate.epoch > epochOf(state)) return false;
  const rules = rulesOfEpoch(point, certificate.epoch);
  if (rules === undefined || !isBinding(certificate, term, rules.joint)) return false;
  const { chain, isSigned } = state.config.crypto;
  return verifyCertificate(certificate, { ...rules, chain, isSigned }).ok;
}

/** Whether a certificate that was checked, for a block of this log, outdoes what this node is bound to. */
export function outdoesLock(state: ConsensusState, certificate: Certificate): boolean {
  const { bft, consensus, log } = state;
  const { epoch, num } = certificate;
  const rules = rulesOfEpoch(consensus.pointAt(num), epoch);
  if (rules === undefined || !isBetter(certificate, orderOf(bft.lock))) return false;
  return isBinding(certificate, log.termAt(num), rules.joint);
}

/**
 * Whether a certificate counts where certificates are ordered, and not only to show that a block is final: the block was made in
 * this term, or the votes name it itself. A vote of a later term for what stands behind its root says nothing new of
 * blocks before that root, and as one of that term it would outdo what earlier terms committed behind them.
 */
function isBinding(
  { kind, term, num, votes }: Certificate,
  blockTerm: number | undefined,
  { current }: JointConsensus,
): boolean {
  if (current.algorithm === "cft" || blockTerm === term) return true;
  return votes.every((vote) => placeVotedFor(kind, vote).num === num);
}
