import { blockNumOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import { isSilent } from "../core/silence.ts";
import type { ConsensusState } from "../core/state.ts";
import { quorumOfVoters } from "../joint/voters.ts";

/** A question that nobody answered in so many view timeouts is given up. */
const timeoutsMax = 4;

/**
 * A linearizable read without trusting anybody, leader or not: what was final when it was asked for, a quorum had committed. So
 * of any quorum one honest node says a height at least as high, and the read is right as soon as a quorum's answers are final here.
 */
export function readIndexBft(state: ConsensusState, out: Output, request: number): void {
  const { reads } = state.bft;
  if (reads.waiting.length >= state.config.readsPendingMax) {
    out.push({ kind: "read-refused", request });
    return;
  }
  reads.waiting.push(request);
  startRound(state, out);
}

function startRound(state: ConsensusState, out: Output): void {
  const { bft, voters, config } = state;
  const { reads } = bft;
  if (reads.asking !== undefined || reads.waiting.length === 0) return;
  reads.round += 1;
  const sinceMs = out.now.monotonicMs;
  const { round, waiting: requests } = reads;
  const answers = new Map<NodeId, number>();
  if (!isSilent(state)) answers.set(config.self, committedNum(state));
  reads.asking = { round, requests, answers, sinceMs };
  reads.waiting = [];
  for (const node of voters.nodes) {
    if (node !== config.self) out.send(node, { kind: "read-round", round }, 0);
  }
  advanceReadsBft(state, out);
}

/** Asked by anybody. A height that this node may have told others it committed. */
export function receiveReadRound(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  round: number,
): void {
  if (isSilent(state)) return;
  out.send(from, { kind: "read-answer", round, num: blockNumOf(committedNum(state)) }, 0);
}

function committedNum({ commitNum, bft }: ConsensusState): number {
  return Math.max(commitNum, bft.lock?.num ?? 0);
}

export function receiveReadAnswer(
  state: ConsensusState,
  from: NodeId,
  answer: { readonly round: number; readonly num: number },
): void {
  const { asking } = state.bft.reads;
  if (asking?.round === answer.round) asking.answers.set(from, answer.num);
}

/** Called after each step: an answer came, or something became final. */
export function advanceReadsBft(state: ConsensusState, out: Output): void {
  const { bft, commitNum } = state;
  const { reads } = bft;
  const { asking } = reads;
  if (asking === undefined) return;
  const isFinal = (node: NodeId): boolean =>
    (asking.answers.get(node) ?? Number.POSITIVE_INFINITY) <= commitNum;
  if (!quorumOfVoters(state.voters, isFinal)) return;
  reads.asking = undefined;
  for (const request of asking.requests) {
    out.push({ kind: "read-ready", request, num: blockNumOf(commitNum) });
  }
  startRound(state, out);
}

/** Questions and answers get lost: those who did not answer are asked again, and in the end the reader is told. */
export function repeatReads(state: ConsensusState, out: Output): void {
  const { bft, config, voters } = state;
  const { asking } = bft.reads;
  if (asking === undefined) return;
  if (out.now.monotonicMs - asking.sinceMs >= timeoutsMax * config.viewTimeoutMsMin) {
    refuseReadsBft(state, out);
    return;
  }
  for (const node of voters.nodes) {
    if (node === config.self || asking.answers.has(node)) continue;
    out.send(node, { kind: "read-round", round: asking.round }, 0);
  }
}

export function refuseReadsBft({ bft }: ConsensusState, out: Output): void {
  const { reads } = bft;
  const requests = [...(reads.asking?.requests ?? []), ...reads.waiting];
  reads.asking = undefined;
  reads.waiting = [];
  for (const request of requests) out.push({ kind: "read-refused", request });
}
