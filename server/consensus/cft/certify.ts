import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, type NodeId } from "@kith/protocol/ids";
import type { SignedVote } from "@kith/protocol/vote";

import { certificateOf, voteIsSigned } from "../bft/lock.ts";
import { reachedUnder, rulesInForce } from "../bft/rules.ts";
import { askForChain } from "../bft/tell.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { votersOf } from "../joint/voters.ts";
import { proposeEmpty } from "./propose.ts";
import { startRound } from "./replication.ts";
import { epochOfConfirms, isCertifying, isCftChange, signConfirm } from "./signed-confirm.ts";

/** The driver wants to show what is final now to somebody who trusts nobody. */
export function certify(state: ConsensusState, out: Output): void {
  const { leadership, leader, config } = state;
  if (leadership !== undefined) want(state, out, leadership);
  else if (leader !== undefined && leader !== config.self) askForChain(state, out, leader);
}

function want(state: ConsensusState, out: Output, leadership: Leadership): void {
  if (leadership.certify.wantedNum !== undefined) return;
  leadership.certify.wantedNum = state.commitNum;
  // A certificate is about a block of its own term.
  const isOwn = state.log.termAt(state.log.head.num) === state.term;
  if (!isOwn) proposeEmpty(state, out, leadership);
  startRound(state, out, leadership);
  spreadCertificate(state, out, leadership, state.commitNum);
}

/**
 * Makes the certificate that was asked for as soon as enough confirms are signed, and tells everybody. It is never about more than
 * what is final here, at the end of this step: this leader answers for the newest state.
 */
export function spreadCertificate(
  state: ConsensusState,
  out: Output,
  leadership: Leadership,
  finalNum: number,
): Certificate | undefined {
  if (!isCertifying(state)) return undefined;
  const certificate = makeCftCertificate(state, leadership, finalNum);
  if (certificate === undefined) return undefined;
  const { wantedNum } = leadership.certify;
  if (wantedNum !== undefined && certificate.num >= wantedNum) {
    leadership.certify.wantedNum = undefined;
  }
  if (certificate.num <= state.bft.certifiedNum) return certificate;
  state.bft.certifiedNum = certificate.num;
  out.push({ kind: "certificate", certificate });
  for (const node of leadership.peers.keys()) {
    out.send(node, { kind: "certificate", certificate }, state.writes.lastBallot);
  }
  return certificate;
}

/** Of the votes that there are: the own one counts for what is on the own disk, which may be behind that of a quorum. */
function makeCftCertificate(
  state: ConsensusState,
  { certify: { votes } }: Leadership,
  finalNum: number,
): Certificate | undefined {
  const { log } = state;
  signOwn(state, votes);
  const { point } = state.consensus;
  const rules = isCftChange(point) ? point : rulesInForce(state);
  const at = (node: NodeId): number => {
    const vote = votes.get(node);
    return vote?.epoch === rules.epoch && voteIsSigned(state, vote) ? vote.committed.num : 0;
  };
  const num = Math.min(reachedUnder(rules, rules.joint, at), finalNum);
  if (num < 1 || log.termAt(num) !== state.term) return undefined;
  const voters = votersOf(num >= rules.since ? rules.joint : { current: rules.joint.current });
  const cast = voters.nodes.map((node) => (at(node) >= num ? votes.get(node) : undefined));
  return certificateOf(
    state,
    "committed",
    num,
    cast.filter((vote) => vote !== undefined),
  );
}

function signOwn(state: ConsensusState, votes: Map<NodeId, SignedVote>): void {
  const { config, durableNum, log, term } = state;
  const id = log.idAt(durableNum);
  if (id === undefined || log.termAt(durableNum) !== term) return;
  const own = votes.get(config.self);
  if (own?.committed.id === id && own.epoch === epochOfConfirms(state, durableNum)) return;
  votes.set(config.self, signConfirm(state, { num: blockNumOf(durableNum), id }));
}
