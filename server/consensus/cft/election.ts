import { termOf, type NodeId } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";

import type { Output } from "../core/output.ts";
import { isPastFloor, isSilent } from "../core/silence.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { votersResult } from "../joint/voters.ts";
import { advanceFinal, endChange } from "./final.ts";
import { headOf, isAtLeast } from "./head.ts";
import { syncPeers } from "./membership.ts";
import { proposeEmpty } from "./propose.ts";
import { becomeFollower, hearsFromLeader, isProducer, restartElectionTimer } from "./role.ts";
import { askForRoster, isKnown, noteRoster, rosterOf } from "./roster.ts";

type VoteRequest = Extract<CftMessage, { kind: "vote-request" }>;
type VoteResponse = Extract<CftMessage, { kind: "vote-response" }>;

/** Raft section 5.2: no leader was heard from for an election timeout. Observers wait. */
export function campaignWhenDue(state: ConsensusState, out: Output): void {
  if (state.leadership !== undefined || !isProducer(state)) return;
  if (!isKnown(state, state.config.self)) return;
  if (out.now.monotonicMs - state.electionStartMs < state.electionTimeoutMs) return;
  if (!isPastFloor(state, headOf(state))) {
    restartElectionTimer(state, out);
    return;
  }
  if (state.config.preVote) askFirst(state, out);
  else campaign(state, out, false);
}

/** Thesis 9.6: would a quorum vote for this node? Nothing changes until it says so. */
function askFirst(state: ConsensusState, out: Output): void {
  const { config, eagerUntilMs } = state;
  restartElectionTimer(state, out);
  if (out.now.monotonicMs < eagerUntilMs) state.electionTimeoutMs = config.heartbeatMs;
  state.role = "candidate";
  state.leader = undefined;
  const votes = new Map([[config.self, true]]);
  state.candidacy = { pre: true, transfer: false, term: state.term + 1, votes };
  askForVotes(state, out);
  countVotes(state, out);
}

/** Raft section 5.2. The own vote is cast, and others are asked, only when it is on disk. */
function campaign(state: ConsensusState, out: Output, transfer: boolean): void {
  restartElectionTimer(state, out);
  state.term += 1;
  state.votedFor = state.config.self;
  state.role = "candidate";
  state.leader = undefined;
  state.candidacy = { pre: false, transfer, term: state.term, votes: new Map() };
  out.writeBallot();
  askForVotes(state, out);
}

function askForVotes(state: ConsensusState, out: Output): void {
  const { candidacy, config } = state;
  if (candidacy === undefined) return;
  for (const node of state.voters.nodes) {
    if (node === config.self) continue;
    const message = {
      kind: "vote-request",
      term: termOf(candidacy.term),
      pre: candidacy.pre,
      transfer: candidacy.transfer,
      ...headOf(state),
    } as const;
    out.send(node, message, state.writes.lastBallot);
  }
}

/** The candidate's vote for itself counts from here on. */
export function castOwnVote(state: ConsensusState, out: Output): void {
  const { candidacy, writes } = state;
  if (candidacy === undefined || candidacy.pre || writes.durable < writes.lastBallot) return;
  candidacy.votes.set(state.config.self, true);
  countVotes(state, out);
}

/**
 * Raft sections 5.2 and 5.4.1. Asked nodes answer whether or not they count themselves as voters (thesis 4.1). A refused
 * pre-vote says who the producers are, also to strangers: whoever asks may be behind (decision 0014).
 */
export function receiveVoteRequest(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: VoteRequest,
): void {
  if (isSilent(state)) return;
  const known = isKnown(state, from);
  if (!known && message.term > 0) askForRoster(state, out);
  const deaf = !known || (!message.transfer && hearsFromLeader(state, out));
  if (deaf && !message.pre) return;
  if (!message.pre && message.term > state.term) {
    becomeFollower(state, out, message.term, undefined);
  }
  const votes = message.pre ? wouldVote(state, message) : vote(state, out, from, message);
  const granted = votes && !deaf;
  const response = {
    kind: "vote-response",
    // A granted pre-vote is for the term that was asked about, which nobody has entered yet.
    term: message.pre && granted ? message.term : termOf(state.term),
    pre: message.pre,
    granted,
    ...(message.pre && !granted ? { roster: rosterOf(state) } : {}),
  } as const;
  out.send(from, response, state.writes.lastBallot);
}

function wouldVote(state: ConsensusState, message: VoteRequest): boolean {
  return message.term > state.term && isUpToDate(state, message);
}

/** One vote a term, also for a candidate that stepped down in it: the durable vote is the only memory of it. */
function vote(state: ConsensusState, out: Output, from: NodeId, message: VoteRequest): boolean {
  if (message.term < state.term || !isUpToDate(state, message)) return false;
  if (state.votedFor === from) return true;
  if (state.votedFor !== undefined) return false;
  state.votedFor = from;
  out.writeBallot();
  restartElectionTimer(state, out);
  return true;
}

/** Raft section 5.4.1. */
function isUpToDate(state: ConsensusState, message: VoteRequest): boolean {
  return isAtLeast(message, headOf(state)) && isPastFloor(state, message);
}

export function receiveVoteResponse(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: VoteResponse,
): void {
  const mayLead = isKnown(state, from);
  if (!mayLead && !state.voters.nodes.includes(from)) return;
  if (mayLead && message.roster !== undefined) noteRoster(state, message.roster);
  // Whoever only asked for the roster does not follow old producers into their terms.
  if (message.pre && state.candidacy === undefined) return;
  const forFutureTerm = message.pre && message.granted;
  if (message.term > state.term && !forFutureTerm) {
    if (mayLead) becomeFollower(state, out, message.term, undefined);
    return;
  }
  const { candidacy } = state;
  if (candidacy === undefined || candidacy.pre !== message.pre) return;
  // Its voter may have forgotten the vote meanwhile (decision 0140).
  if (out.now.monotonicMs - state.electionStartMs >= state.electionTimeoutMs) return;
  if (message.granted || !message.pre) {
    if (message.term !== candidacy.term) return;
  }
  if (candidacy.votes.get(from) !== true) candidacy.votes.set(from, message.granted);
  countVotes(state, out);
}

function countVotes(state: ConsensusState, out: Output): void {
  const { candidacy } = state;
  if (candidacy === undefined) return;
  if (votersResult(state.voters, (node) => candidacy.votes.get(node)) !== "won") return;
  if (candidacy.pre) campaign(state, out, false);
  else lead(state, out);
}

/** Raft section 5.2: appends go out at once, so that nobody else campaigns. */
function lead(state: ConsensusState, out: Output): void {
  const nowMs = out.now.monotonicMs;
  const leadership: Leadership = {
    round: 1,
    heartbeatAtMs: nowMs + state.config.heartbeatMs,
    startNum: state.log.head.num,
    peers: new Map(),
    reads: { waiting: [], asking: undefined },
    certify: { wantedNum: undefined, votes: new Map(), unprovedSinceMs: undefined, gaveUpAt: 0 },
    transfer: undefined,
    commitMovedMs: nowMs,
  };
  state.candidacy = undefined;
  state.leadership = leadership;
  state.role = "leader";
  state.leader = state.config.self;
  syncPeers(state, out, leadership);
  if (state.log.head.num > state.commitNum) proposeEmpty(state, out, leadership);
  else endChange(state, out, leadership);
  advanceFinal(state, out);
}

/** Thesis 3.10: the leader says that this node has everything; waiting for a timeout would only cost time. */
export function receiveTimeoutNow(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  term: number,
): void {
  if (term !== state.term || state.leadership !== undefined || !isProducer(state)) return;
  if (!isKnown(state, state.config.self) || !isPastFloor(state, headOf(state))) return;
  const mayAsk = state.leader === undefined ? isKnown(state, from) : state.leader === from;
  if (mayAsk) campaign(state, out, true);
}
