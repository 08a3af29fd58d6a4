import type { NodeId } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";

import type { Output } from "../core/output.ts";
import { remindOfConfirm } from "../core/reminder.ts";
import type { ConsensusState, Leadership, Progress } from "../core/state.ts";
import { spreadCertificate } from "./certify.ts";
import { advanceFinal, endChange } from "./final.ts";
import { advanceReads } from "./read-index.ts";
import { replicate, sendFrom } from "./replication.ts";
import { becomeFollower } from "./role.ts";
import { isKnown } from "./roster.ts";
import { isCertifying, noteSignedConfirm } from "./signed-confirm.ts";
import { advanceTransfer } from "./transfer.ts";

type Confirm = Extract<CftMessage, { kind: "confirm" }>;

/** Raft section 5.3: a follower's answer to an append. */
export function receiveConfirm(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: Confirm,
): void {
  if (message.term > state.term) {
    // An observer may say what it likes about terms: only producers make them.
    if (isKnown(state, from)) becomeFollower(state, out, message.term, undefined);
    return;
  }
  const { leadership } = state;
  // What was confirmed in an earlier term may have been overwritten since.
  if (leadership === undefined || message.term < state.term) return;
  const peer = leadership.peers.get(from);
  if (peer === undefined) return;
  peer.heardMs = out.now.monotonicMs;
  peer.answeredRound = Math.max(peer.answeredRound, message.round);
  peer.clock = { micros: message.clock, atMs: out.now.monotonicMs };
  if (message.vote?.node === from && !peer.isMuted)
    noteSignedConfirm(state, leadership, message.vote);
  if (message.accepted) accept(state, out, peer, message);
  else refuse(state, out, peer, message);
  afterConfirm(state, out, peer);
}

/** Number and id have to be those of the leader's own block: a height alone says nothing across a fork. */
function accept(state: ConsensusState, out: Output, peer: Progress, message: Confirm): void {
  const ownId = state.log.idAt(message.headNum);
  const equal =
    ownId === undefined ? message.headNum < state.log.firstNum : ownId === message.headId;
  if (equal) noteMatch(out, peer, message.headNum);
  noteFinal(state, out, peer, message);
}

/** What a follower of this term knows to be final equals this log (Raft section 5.4.3, leader completeness). */
function noteFinal(state: ConsensusState, out: Output, peer: Progress, message: Confirm): void {
  if (message.commitNum <= state.log.head.num) noteMatch(out, peer, message.commitNum);
}

function noteMatch(out: Output, peer: Progress, num: number): void {
  if (num <= peer.matchNum) return;
  peer.matchNum = num;
  peer.nextNum = Math.max(peer.nextNum, num + 1);
  peer.progressMs = out.now.monotonicMs;
  peer.resetNum = undefined;
  peer.snapshotSentMs = undefined;
}

/** It lost what it confirmed (decision 0140): it is told so, and once it knows that, it begins anew and counts no more. */
function noteForgotten(state: ConsensusState, out: Output, peer: Progress): void {
  if (peer.isMuted) peer.matchNum = 0;
  else remindOfConfirm(state, out, peer);
}

/**
 * The follower lacks the block before those that were sent, or has another. It says where its own log ends and what it
 * knows to be final, so that sending resumes at once where both logs are sure to be equal.
 */
function refuse(state: ConsensusState, out: Output, peer: Progress, message: Confirm): void {
  const { leadership } = state;
  if (leadership === undefined) return;
  const stuckAt = peer.resetNum;
  noteFinal(state, out, peer, message);
  if (message.headNum < peer.matchNum) noteForgotten(state, out, peer);
  if (message.round < peer.resetRound) return;
  const sameHead = state.log.idAt(message.headNum) === message.headId;
  const equalNum = sameHead ? Math.max(message.headNum, peer.matchNum) : peer.matchNum;
  sendFrom(peer, out, equalNum + 1);
  peer.resetNum = equalNum + 1;
  leadership.round += 1;
  peer.resetRound = leadership.round;
  // Where a resend did not help, the next heartbeat tries again: never a storm.
  if (stuckAt !== equalNum + 1) replicate(state, out, peer, "with-news");
}

function afterConfirm(state: ConsensusState, out: Output, peer: Progress): void {
  const before = state.commitNum;
  advanceFinal(state, out);
  const { leadership } = state;
  if (leadership === undefined) return;
  if (peer.resetNum === undefined) replicate(state, out, peer, "with-news");
  if (state.commitNum > before) spreadFinal(state, out, leadership);
  if (isCertifying(state)) {
    spreadCertificate(state, out, leadership, state.commitNum);
    endChange(state, out, leadership);
  }
  advanceReads(state, out, leadership);
  advanceTransfer(state, out, leadership);
}

/** News of finality goes out at once where no other append is about to carry it. */
export function spreadFinal(state: ConsensusState, out: Output, leadership: Leadership): void {
  for (const peer of leadership.peers.values()) {
    replicate(state, out, peer, "with-news");
  }
}
