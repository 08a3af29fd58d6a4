import { blockNumOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { quorumOfVoters } from "../joint/voters.ts";
import { proposeEmpty } from "./propose.ts";
import { startRound } from "./replication.ts";

/**
 * Thesis 6.4: a leader that has made something final in its term, and that a quorum still follows after the question
 * was asked, knows everything that was final when it was asked. Followers' drivers pass the question to the leader.
 */
export function readIndex(state: ConsensusState, out: Output, request: number): void {
  const { leadership } = state;
  if (leadership === undefined || leadership.reads.waiting.length >= state.config.readsPendingMax) {
    out.push({ kind: "read-refused", request });
    return;
  }
  leadership.reads.waiting.push(request);
  if (!finalInOwnTerm(state) && state.log.head.num === leadership.startNum)
    proposeEmpty(state, out, leadership);
  advanceReads(state, out, leadership);
}

/** Called when an answer arrived or something became final. */
export function advanceReads(state: ConsensusState, out: Output, leadership: Leadership): void {
  const { reads } = leadership;
  answerReads(state, out, leadership);
  if (reads.asking !== undefined || reads.waiting.length === 0 || !finalInOwnTerm(state)) return;
  // The next round asks for all that came since the last one began: an answer to that one proves nothing for them.
  startRound(state, out, leadership);
  reads.asking = { round: leadership.round, num: state.commitNum, requests: reads.waiting };
  reads.waiting = [];
  answerReads(state, out, leadership);
}

function answerReads(state: ConsensusState, out: Output, leadership: Leadership): void {
  const { asking } = leadership.reads;
  if (asking === undefined) return;
  const answered = quorumOfVoters(
    state.voters,
    (node) => node === state.config.self || answeredBy(leadership, node) >= asking.round,
  );
  if (!answered) return;
  leadership.reads.asking = undefined;
  for (const request of asking.requests) {
    out.push({ kind: "read-ready", request, num: blockNumOf(asking.num) });
  }
}

function answeredBy({ peers }: Leadership, node: NodeId): number {
  const peer = peers.get(node);
  return peer === undefined || peer.isMuted ? 0 : peer.answeredRound;
}

/** Before that, an earlier leader may have made blocks final of which this one does not know it. */
function finalInOwnTerm(state: ConsensusState): boolean {
  return state.log.termAt(state.commitNum) === state.term;
}
