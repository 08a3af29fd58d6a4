import { termOf, type NodeId } from "@kith/protocol/ids";
import type { CftMessage, ConsensusMessage } from "@kith/protocol/node-message";

import { begin } from "../bft/begin.ts";
import { beforeOf } from "../bft/patience.ts";
import { proposeBft } from "../bft/propose.ts";
import { readIndexBft } from "../bft/reads.ts";
import { isBft } from "../bft/rules.ts";
import { noteExecuted, receiveBft, settleBft } from "../bft/step.ts";
import { certifyFinal } from "../bft/tally.ts";
import { askForChain } from "../bft/tell.ts";
import { suspectLeader } from "../bft/terms.ts";
import { nextTickMsBft, tickBft } from "../bft/tick.ts";
import { receiveAppend } from "../cft/append.ts";
import { certify } from "../cft/certify.ts";
import { receiveConfirm, spreadFinal } from "../cft/confirm.ts";
import {
  campaignWhenDue,
  castOwnVote,
  receiveTimeoutNow,
  receiveVoteRequest,
  receiveVoteResponse,
} from "../cft/election.ts";
import { advanceFinal } from "../cft/final.ts";
import { syncPeers } from "../cft/membership.ts";
import { propose } from "../cft/propose.ts";
import { advanceReads, readIndex } from "../cft/read-index.ts";
import { startRound } from "../cft/replication.ts";
import { becomeFollower } from "../cft/role.ts";
import { advanceTransfer, startTransfer } from "../cft/transfer.ts";
import { quorumOfVoters } from "../joint/voters.ts";
import { announceFinal } from "../log/log-change.ts";
import type { ConsensusEffect } from "./effect.ts";
import type { ConsensusInput, Now } from "./input.ts";
import { nextAskMs, receiveRecall, receiveRecalled, tickMemory } from "./memory.ts";
import { Output } from "./output.ts";
import { hearOwnWords, receiveReminder } from "./own-words.ts";
import { isSilent } from "./silence.ts";
import { installSnapshot } from "./snapshot.ts";
import { settleMemory } from "./speak-again.ts";
import type { ConsensusState, Leadership } from "./state.ts";

/**
 * One input, one step. The state that comes back is the one that went in, changed: it belongs to `step` alone
 * (decision 0010). Same state, input and clocks, same effects.
 */
export function step(
  state: ConsensusState,
  input: ConsensusInput,
  now: Now,
): { readonly state: ConsensusState; readonly effects: readonly ConsensusEffect[] } {
  const { role, term, leader } = state;
  const before = beforeOf(state);
  const out = new Output(state, now);
  if (!state.bft.begun) begin(state, out);
  receive(state, out, input);
  settleBft(state, out, before);
  settleMemory(state, out);
  if (state.role !== role || state.term !== term || state.leader !== leader) {
    out.push(roleEffect(state));
  }
  return { state, effects: out.effects };
}

/** When a `tick` is due next, by the monotonic clock; undefined while only a message can change anything. */
export function nextTickMs(state: ConsensusState): number | undefined {
  if (isSilent(state))
    return Math.min(nextAskMs(state), isBft(state) ? nextTickMsBft(state) : Infinity);
  if (isBft(state)) return nextTickMsBft(state);
  if (state.leadership !== undefined) return state.leadership.heartbeatAtMs;
  if (state.role === "observer") return undefined;
  return state.electionStartMs + state.electionTimeoutMs;
}

function roleEffect(state: ConsensusState): ConsensusEffect {
  const { role, leader } = state;
  const term = termOf(state.term);
  return leader === undefined ? { kind: "role", role, term } : { kind: "role", role, term, leader };
}

function receive(state: ConsensusState, out: Output, input: ConsensusInput): void {
  switch (input.kind) {
    case "tick":
      tickMemory(state, out);
      if (isBft(state)) tickBft(state, out);
      else if (state.leadership === undefined) campaignWhenDue(state, out);
      else tickLeader(state, out, state.leadership);
      return;
    case "message":
      receiveMessage(state, out, input.from, input.message);
      return;
    case "propose":
      receiveProposal(state, out, input);
      return;
    case "executed":
      noteExecuted(state, out, input.executed);
      return;
    case "demand":
      state.bft.clock.demandMs = input.sinceMs;
      return;
    case "durable":
      receiveDurable(state, out, input.write);
      return;
    case "read-index":
      if (isBft(state)) readIndexBft(state, out, input.request);
      else readIndex(state, out, input.request);
      return;
    case "certify":
      if (isBft(state)) certifyFinal(state, out, state.commitNum);
      else certify(state, out);
      return;
    case "transfer":
      if (!isBft(state)) startTransfer(state, out, input.to);
      // The next producer leads as soon as the others see that this one has gone on.
      else if (state.role === "leader") suspectLeader(state);
      return;
    case "observers":
      state.observers = input.nodes;
      if (state.leadership !== undefined) syncPeers(state, out, state.leadership);
      return;
    case "log-start":
      state.logFirst = input.first;
      return;
    case "snapshot-installed":
      installSnapshot(state, out, input);
  }
}

function receiveMessage(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: ConsensusMessage,
): void {
  hearOwnWords(state, out, message);
  if (isBft(state) && isCft(message)) {
    // The others have changed to CFT meanwhile, or are behind and will ask.
    if (message.kind === "append" || message.kind === "vote-request") {
      askForChain(state, out, from);
    }
    return;
  }
  switch (message.kind) {
    case "append":
      receiveAppend(state, out, from, message);
      return;
    case "confirm":
      receiveConfirm(state, out, from, message);
      return;
    case "vote-request":
      receiveVoteRequest(state, out, from, message);
      return;
    case "vote-response":
      receiveVoteResponse(state, out, from, message);
      return;
    case "timeout-now":
      receiveTimeoutNow(state, out, from, message.term);
      return;
    case "proposal":
    case "vote":
    case "view-change":
    case "new-view":
    case "chain-request":
    case "chain-response":
    case "read-round":
    case "read-answer":
    case "certificate":
      receiveBft(state, out, from, message);
      return;
    case "recall":
      receiveRecall(state, out, from, message);
      return;
    case "recalled":
      receiveRecalled(state, out, from, message);
      return;
    case "reminder":
      receiveReminder(state, out, from, message);
  }
}

function isCft(message: ConsensusMessage): message is CftMessage {
  const { kind } = message;
  return (
    kind === "append" ||
    kind === "confirm" ||
    kind === "vote-request" ||
    kind === "vote-response" ||
    kind === "timeout-now"
  );
}

function receiveProposal(
  state: ConsensusState,
  out: Output,
  input: Extract<ConsensusInput, { kind: "propose" }>,
): void {
  const refusal = isBft(state) ? proposeBft(state, out, input) : propose(state, out, input);
  if (refusal !== undefined) out.push({ kind: "propose-refused", reason: refusal });
}

function tickLeader(state: ConsensusState, out: Output, leadership: Leadership): void {
  advanceTransfer(state, out, leadership);
  if (isCutOff(state, out, leadership) || isStuck(state, out, leadership)) {
    becomeFollower(state, out, state.term, undefined);
    return;
  }
  if (out.now.monotonicMs >= leadership.heartbeatAtMs) startRound(state, out, leadership);
}

/** Thesis 6.2: without a quorum that answers, somebody else may lead already. */
function isCutOff(state: ConsensusState, out: Output, leadership: Leadership): boolean {
  if (!state.config.checkQuorum) return false;
  const sinceMs = out.now.monotonicMs - state.config.electionTimeoutMsMin;
  const heard = (node: NodeId): boolean => {
    if (node === state.config.self) return true;
    const peer = leadership.peers.get(node);
    return peer !== undefined && !peer.isMuted && peer.heardMs > sinceMs;
  };
  return !quorumOfVoters(state.voters, heard);
}

/** A leader whose blocks a quorum answers but does not take (their time is ahead of its clocks) lets others try. */
function isStuck(state: ConsensusState, out: Output, leadership: Leadership): boolean {
  if (!state.config.checkQuorum || state.commitNum === state.log.head.num) return false;
  const waitedMs = out.now.monotonicMs - leadership.commitMovedMs;
  return waitedMs >= stuckTimeouts * state.config.electionTimeoutMsMax;
}

const stuckTimeouts = 10;

/** Writes are durable in the order of their numbers. */
function receiveDurable(state: ConsensusState, out: Output, write: number): void {
  const { writes } = state;
  writes.durable = Math.max(writes.durable, write);
  for (;;) {
    const pending = writes.pending[0];
    if (pending === undefined || pending.write > writes.durable) break;
    writes.pending.shift();
    state.durableNum = Math.max(state.durableNum, pending.headNum);
  }
  announceFinal(state, out);
  castOwnVote(state, out);
  const before = state.commitNum;
  advanceFinal(state, out);
  const { leadership } = state;
  if (leadership === undefined) return;
  if (state.commitNum > before) spreadFinal(state, out, leadership);
  advanceReads(state, out, leadership);
}
