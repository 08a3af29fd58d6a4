import type { Certificate } from "@kith/protocol/certificate";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import { termOf, type BlockNum } from "@kith/protocol/ids";
import { voteStatement, type BlockPlace, type SignedVote } from "@kith/protocol/vote";

import { isBetter, orderOf, voteIsSigned } from "../bft/lock.ts";
import { epochOf } from "../bft/rules.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";

/** Whether confirms are asked to be signed: somebody wants a proof, or a change of producers needs one. */
export function isCertifying({ leadership, consensus }: ConsensusState): boolean {
  return leadership?.certify.wantedNum !== undefined || consensus.point.joint.next !== undefined;
}

/** A confirm that others can check: the block that this node has on its disk, in this term. */
export function signConfirm(state: ConsensusState, place: BlockPlace): SignedVote {
  const { self, crypto } = state.config;
  const vote = {
    epoch: epochOfConfirms(state, place.num),
    term: termOf(state.term),
    prepared: place,
    committed: place,
  };
  const signature = crypto.sign(voteStatement(crypto.chain, vote));
  const signed = { ...vote, node: self, signature };
  state.bft.checked.add(signed);
  return signed;
}

/**
 * Whose confirms they are. Where CFT producers follow each other the log alone says it: both sets decide until the block that ends the
 * change, also on nodes that know the change to be final before, so that its proof can still be made.
 */
export function epochOfConfirms(state: ConsensusState, num: number): BlockNum {
  const point = state.consensus.pointAt(num);
  return isCftChange(point) ? point.epoch : epochOf(state);
}

/** Whether CFT producers are about to follow CFT producers. */
export function isCftChange({ joint }: ConsensusPoint): boolean {
  return joint.current.algorithm === "cft" && joint.next?.algorithm === "cft";
}

export function noteSignedConfirm(
  { log, term }: ConsensusState,
  { certify: { votes } }: Leadership,
  vote: SignedVote,
): void {
  const { committed } = vote;
  if (vote.term !== term || log.idAt(committed.num) !== committed.id) return;
  const before = votes.get(vote.node);
  if (before === undefined || before.committed.num <= committed.num) votes.set(vote.node, vote);
}

/** Whether the next producers work by BFT, and have not taken over. */
export function changesToBft({ consensus, commitNum }: ConsensusState): boolean {
  const { joint, since } = consensus.point;
  return joint.next?.algorithm === "bft" && commitNum < since;
}

/**
 * While CFT changes to BFT, whoever has a leader's block on disk keeps that leader's word for it: it is what the first view
 * change under BFT names, so that nothing is lost that became final last.
 */
export function keepLeaderWord(state: ConsensusState, out: Output, vote: SignedVote): void {
  const { bft, consensus, log } = state;
  const { num, id } = vote.committed;
  if (!changesToBft(state) || log.idAt(num) !== id || vote.term !== state.term) return;
  const { current } = consensus.point.joint;
  if (!current.producers.some(({ node }) => node === vote.node)) return;
  const { epoch, term } = vote;
  const led: Certificate = { kind: "led", epoch, term, num, id, links: [], votes: [vote] };
  if (epoch !== epochOf(state) || !isBetter(led, orderOf(bft.lock)) || !voteIsSigned(state, vote))
    return;
  bft.lock = led;
  out.writeBallot();
}
