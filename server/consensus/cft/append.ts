import type { SealedBlock } from "@kith/protocol/block";
import { consensusUnder } from "@kith/protocol/consensus-point";
import { blockNumOf, termOf, type BlockId, type NodeId } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";
import type { BlockPlace } from "@kith/protocol/vote";

import { askForChain } from "../bft/tell.ts";
import { isHeardAsObserver } from "../core/memory.ts";
import type { Output } from "../core/output.ts";
import { isSilent } from "../core/silence.ts";
import type { ConsensusState } from "../core/state.ts";
import { blockObeysRules } from "../log/block-rules.ts";
import { timeIsAcceptable } from "../log/block-time.ts";
import { appendToLog, setFinal, truncateLog } from "../log/log-change.ts";
import { becomeFollower } from "./role.ts";
import { askForRoster, isKnown } from "./roster.ts";
import { changesToBft, keepLeaderWord, signConfirm } from "./signed-confirm.ts";

type Append = Extract<CftMessage, { kind: "append" }>;
/** The last block that is known to equal the leader's. */
type Match = { readonly num: number; readonly id: BlockId };

/** Raft section 5.3, the follower's side. */
export function receiveAppend(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: Append,
): void {
  if (!isKnown(state, from)) {
    askForRoster(state, out);
    return;
  }
  if (message.term < state.term) {
    sendConfirm(state, out, from, refusal(state, message));
    return;
  }
  if (state.role === "leader" && message.term === state.term) {
    out.push({ kind: "broken", reason: `term ${message.term} has two leaders` });
    return;
  }
  if (message.term > state.term || state.leader !== from || state.candidacy !== undefined) {
    becomeFollower(state, out, message.term, from);
  }
  state.electionStartMs = out.now.monotonicMs;
  state.leaderHeardMs = out.now.monotonicMs;
  if (!previousMatches(state, out, message)) {
    sendConfirm(state, out, from, refusal(state, message));
    return;
  }
  const match = takeBlocks(state, out, message);
  if (match === undefined) return;
  if (message.vote?.node === from) keepLeaderWord(state, out, message.vote);
  const final = Math.min(message.commitNum, match.num, finalByWordMax(state));
  if (final > state.commitNum) setFinal(state, out, final);
  confirmMatch(state, out, from, { message, match });
}

/** That a change to BFT is final is not believed without its proof: from then on the leader is not trusted any more. */
function finalByWordMax(state: ConsensusState): number {
  return changesToBft(state) ? state.consensus.point.since - 1 : Number.POSITIVE_INFINITY;
}

/** Whatever is final here equals the leader's log (Raft section 5.4.3); above it, number and id have to agree. */
function previousMatches(state: ConsensusState, out: Output, message: Append): boolean {
  const ownId = state.log.idAt(message.previousNum);
  if (message.previousNum > state.commitNum) return ownId === message.previousId;
  if (ownId !== undefined && ownId !== message.previousId && message.previousNum > 0) {
    breakOn(out, message.previousNum);
    return false;
  }
  return true;
}

/** Appends what is new and drops only what differs, so that a late append never shortens the log. */
function takeBlocks(state: ConsensusState, out: Output, message: Append): Match | undefined {
  let match: Match = { num: message.previousNum, id: message.previousId };
  for (const block of message.blocks) {
    const num = match.num + 1;
    const { header } = block;
    const links =
      header.blockNum === num && header.term <= message.term && header.previous === match.id;
    if (!links) return undefined;
    const ownId = state.log.idAt(num);
    if (num <= state.commitNum) {
      if (ownId !== undefined && ownId !== block.id) return breakOn(out, num);
    } else if (ownId !== block.id) {
      if (num <= state.log.head.num) truncateLog(state, out, num - 1);
      if (!isDue(state, out, message, block)) return match;
      if (!isCft(state, block)) {
        if (state.leader !== undefined) askForChain(state, out, state.leader);
        return match;
      }
      if (!obeysRules(state, out, block)) return undefined;
      appendToLog(state, out, block);
    }
    match = { num, id: block.id };
  }
  return match;
}

/** Blocks of a BFT time are final by certificates, which CFT leaders of a later time do not send by themselves. */
function isCft(state: ConsensusState, { header }: SealedBlock): boolean {
  const under = consensusUnder(state.consensus.point, header.commitNum);
  return header.blockNum === 1 || under.joint.current.algorithm === "cft";
}

/** A block from the future waits; one that is final already was accepted by a quorum's clocks. */
function isDue(state: ConsensusState, out: Output, message: Append, block: SealedBlock): boolean {
  if (block.header.blockNum <= message.commitNum) return true;
  return timeIsAcceptable(state, block.header.time, out.now);
}

/** Where a leader's block breaks the rules, this node or the leader is broken. */
function obeysRules(state: ConsensusState, out: Output, block: SealedBlock): boolean {
  const obeys = blockObeysRules(state, block);
  if (!obeys) {
    out.push({ kind: "broken", reason: `block ${block.header.blockNum} breaks the rules` });
  }
  return obeys;
}

function breakOn(out: Output, num: number): undefined {
  out.push({ kind: "broken", reason: `block ${num} is final and differs from the leader's` });
}

function refusal(
  state: ConsensusState,
  message: Append,
): { readonly accepted: false; readonly match: Match; readonly round: number } {
  const { num, id } = state.log.head;
  return { accepted: false, match: { num, id }, round: message.round };
}

/**
 * Blocks are confirmed when they are durable. A heartbeat is answered at once with what is durable already, so that
 * a slow disk delays only the confirmation of blocks.
 */
function confirmMatch(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  received: { readonly message: Append; readonly match: Match },
): void {
  const { message } = received;
  let { match } = received;
  if (message.blocks.length === 0 && match.num > state.durableNum) {
    const id = state.log.idAt(state.durableNum);
    if (id !== undefined) match = { num: state.durableNum, id };
  }
  const { confirmed } = state;
  const repeats =
    message.blocks.length === 0 &&
    confirmed.term === state.term &&
    confirmed.round === message.round &&
    confirmed.num === match.num;
  if (repeats) return;
  state.confirmed = { term: state.term, round: message.round, num: match.num };
  sendConfirm(state, out, from, {
    accepted: true,
    match,
    round: message.round,
    certify: message.certify === true,
  });
}

function isVoterByLog({ voters, config }: ConsensusState): boolean {
  return voters.nodes.includes(config.self);
}

function placeOf({ num, id }: Match): BlockPlace {
  return { num: blockNumOf(num), id };
}

function sendConfirm(
  state: ConsensusState,
  out: Output,
  to: NodeId,
  answer: {
    readonly accepted: boolean;
    readonly match: Match;
    readonly round: number;
    readonly certify?: boolean;
  },
): void {
  if (isSilent(state) && isVoterByLog(state) && !isHeardAsObserver(state, to)) return;
  const { accepted, match, round } = answer;
  const { writes } = state;
  const afterWrite = accepted && match.num > state.durableNum ? writes.last : writes.lastBallot;
  out.send(
    to,
    {
      kind: "confirm",
      term: termOf(state.term),
      headNum: blockNumOf(match.num),
      headId: match.id,
      accepted,
      // What is final but not on this disk yet may be gone after a crash: the leader would never send it again.
      commitNum: blockNumOf(state.announcedNum),
      round,
      clock: Math.floor(out.now.wallMicros),
      ...(answer.certify === true && !isSilent(state)
        ? { vote: signConfirm(state, placeOf(match)) }
        : {}),
    },
    afterWrite,
  );
}
