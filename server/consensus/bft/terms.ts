import type { NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { isBft, isPreparer, leaderOf, quorumBehind, termOfEnough } from "./rules.ts";

/** A leader tells so many times in a view timeout that it lives; others repeat what may have got lost as often. */
const repeatsPerTimeout = 4;

export function repeatLater({ bft, config }: ConsensusState, out: Output): void {
  bft.clock.repeatAtMs = out.now.monotonicMs + config.viewTimeoutMsMin / repeatsPerTimeout;
}

/** In which term a producer is, as its own messages say. */
export function noteTerm(state: ConsensusState, node: NodeId, term: number): void {
  const { termSeen } = state.bft;
  if (term > (termSeen.get(node) ?? 0)) termSeen.set(node, term);
}

/** What a message tells by the way. */
export function noteClaims(
  state: ConsensusState,
  from: NodeId,
  finalNum: number,
  term: number,
): void {
  const { finalClaimed } = state.bft;
  if (finalNum > (finalClaimed.get(from) ?? 0)) finalClaimed.set(from, finalNum);
  if (state.voters.nodes.includes(from)) noteTerm(state, from, term);
}

/**
 * A view change triggers at once when the leader of the term is in a later one, or so many others that the term cannot
 * go on (bft.md).
 */
export function followTerms(state: ConsensusState): void {
  if (!isBft(state) || !isPreparer(state)) return;
  const seen = (node: NodeId): number =>
    node === state.config.self ? state.term : (state.bft.termSeen.get(node) ?? 0);
  const enough = termOfEnough(state, seen);
  if (enough > state.term) {
    wantTerm(state, enough);
    return;
  }
  const leader = leaderOf(state, state.term);
  if (leader === undefined || leader === state.config.self) return;
  if (seen(leader) > state.term) wantTerm(state, nextTerm(state));
}

/** Terms whose leaders have gone on already are skipped. */
export function nextTerm(state: ConsensusState): number {
  let term = state.term + 1;
  for (let skipped = 0; skipped < state.voters.nodes.length; skipped += 1) {
    const leader = leaderOf(state, term);
    if (leader === undefined || leader === state.config.self) return term;
    if ((state.bft.termSeen.get(leader) ?? 0) <= term) return term;
    term += 1;
  }
  return term;
}

/** The leader of this term was caught, or makes no progress: this node goes on to the next at the end of the step. */
export function suspectLeader(state: ConsensusState): void {
  if (isPreparer(state)) wantTerm(state, nextTerm(state));
}

/** The term is entered at the end of the step. */
export function wantTerm({ bft }: ConsensusState, term: number): void {
  bft.termWanted = Math.max(bft.termWanted, term);
}

/** The next leader gets its time from when a quorum has come to its term: before, nobody could lead (bft.md). */
export function noteReadiness(state: ConsensusState, out: Output): void {
  const { bft } = state;
  if (bft.root !== undefined || bft.clock.readyMs !== undefined) return;
  const { self } = state.config;
  const isHere = (node: NodeId): boolean =>
    node === self || (bft.termSeen.get(node) ?? 0) >= state.term;
  if (quorumIsHere(state, isHere)) bft.clock.readyMs = out.now.monotonicMs;
}

function quorumIsHere(state: ConsensusState, isHere: (node: NodeId) => boolean): boolean {
  return quorumBehind(state, state.bft.lock?.num ?? 1, isHere);
}
