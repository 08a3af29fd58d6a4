import type { NodeId } from "@kith/protocol/ids";
import { nextBelow, type RandomState } from "@kith/protocol/random";

import type { ConsensusConfig } from "../core/config.ts";
import type { Output } from "../core/output.ts";
import { isSilent } from "../core/silence.ts";
import type { ConsensusState } from "../core/state.ts";

/** Whether this node may lead. Who may have forgotten what it said does not. */
export function isProducer(state: ConsensusState): boolean {
  return !isSilent(state) && state.producers.includes(state.config.self);
}

/** Thesis 4.2.3: a node that a removed or lagging one wants to disturb is deaf while its leader lives. */
export function hearsFromLeader(state: ConsensusState, out: Output): boolean {
  if (!state.config.leaderStickiness) return false;
  if (state.role === "leader") return state.voters.nodes.length > 1;
  if (state.leader === undefined) return false;
  return out.now.monotonicMs - state.leaderHeardMs < state.config.electionTimeoutMsMin;
}

/** A new random timeout, so that two followers rarely campaign at once (Raft section 5.2). */
export function restartElectionTimer(state: ConsensusState, out: Output): void {
  state.electionStartMs = out.now.monotonicMs;
  state.electionTimeoutMs = randomTimeoutMs(state.config, state.random);
}

/** So many times in a heartbeat whoever takes the lead asks for the first time: the others have entered the epoch by then. */
const eagerPerHeartbeat = 5;

/**
 * A change from BFT has left the producers without a leader, and its last one may not produce any more: the first of them that
 * may asks for the lead at once, and the others only when nobody has it for an election timeout (decision 0152).
 */
export function succeed(state: ConsensusState, out: Output, last: NodeId | undefined): void {
  const { config, voters } = state;
  restartElectionTimer(state, out);
  const first = last !== undefined && voters.nodes.includes(last) ? last : voters.nodes[0];
  if (first !== config.self) return;
  state.electionTimeoutMs = Math.ceil(config.heartbeatMs / eagerPerHeartbeat);
  state.eagerUntilMs = state.electionStartMs + config.electionTimeoutMsMin;
}

export function randomTimeoutMs(config: ConsensusConfig, random: RandomState): number {
  const { electionTimeoutMsMin, electionTimeoutMsMax } = config;
  return electionTimeoutMsMin + nextBelow(random, electionTimeoutMsMax - electionTimeoutMsMin + 1);
}

/**
 * Raft section 5.1: whoever sees a later term follows in it. The vote of an earlier term is forgotten with the term;
 * a candidate or leader that steps down within its term keeps the vote that it gave itself.
 */
export function becomeFollower(
  state: ConsensusState,
  out: Output,
  term: number,
  leader: NodeId | undefined,
): void {
  if (term > state.term) {
    state.term = term;
    state.votedFor = undefined;
    out.writeBallot();
  }
  if (state.leadership !== undefined || state.candidacy !== undefined) {
    restartElectionTimer(state, out);
  }
  refuseReads(state, out);
  state.leadership = undefined;
  state.candidacy = undefined;
  state.role = isProducer(state) ? "follower" : "observer";
  state.leader = leader;
}

function refuseReads(state: ConsensusState, out: Output): void {
  const reads = state.leadership?.reads;
  if (reads === undefined) return;
  for (const request of [...(reads.asking?.requests ?? []), ...reads.waiting]) {
    out.push({ kind: "read-refused", request });
  }
}
