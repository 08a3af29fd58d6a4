import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf } from "@kith/protocol/blocks";
import { consensusUnder } from "@kith/protocol/consensus-point";
import type { NodeId } from "@kith/protocol/ids";
import type { BlockPlace } from "@kith/protocol/vote";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { blockObeysRules } from "../log/block-rules.ts";
import { timeIsAcceptable } from "../log/block-time.ts";
import { appendToLog } from "../log/log-change.ts";
import { noteConflict } from "./conflict.ts";
import { voteIsSigned } from "./lock.ts";
import { matchAll, noteVote } from "./peers.ts";
import { epochOf, leaderOf, rulesInForce } from "./rules.ts";
import type { Proposal } from "./state.ts";
import { askForFinal } from "./supply.ts";
import { noteClaims } from "./terms.ts";

/** So many proposals wait for a state that is still being computed here. */
const heldMax = 64;

/** The leader's next blocks, from itself or passed on: its vote for the last of them shows that it made them. */
export function receiveProposal(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: Proposal,
): void {
  const { vote } = message;
  if (vote.epoch !== epochOf(state)) {
    if (vote.epoch > epochOf(state)) askForFinal(state, out, from);
    return;
  }
  noteClaims(state, from, message.commitNum, from === vote.node ? vote.term : 0);
  if (vote.term !== state.term || vote.node !== leaderOf(state, vote.term)) return;
  const tip = tipOf(message);
  if (tip?.num !== vote.prepared.num || tip.id !== vote.prepared.id) return;
  if (!voteIsSigned(state, vote)) return;
  if (from === vote.node) state.bft.clock.heardMs = out.now.monotonicMs;
  if (state.bft.root === undefined) {
    askForFinal(state, out, from);
    return;
  }
  takeProposal(state, out, from, message);
}

/** The last block, when they follow each other: so the leader's vote for it is one for all of them. */
function tipOf({ previous, blocks }: Proposal): BlockPlace | undefined {
  let tip = previous;
  for (const { id, header } of blocks) {
    if (header.previous !== tip.id || header.blockNum !== tip.num + 1) return undefined;
    tip = { num: header.blockNum, id };
  }
  return tip;
}

/** Called when the driver has computed a further state. None is held over the end of its term. */
export function retryHeld(state: ConsensusState, out: Output): void {
  const held = state.bft.held.splice(0);
  for (const { from, message } of held) takeProposal(state, out, from, message);
}

function takeProposal(state: ConsensusState, out: Output, from: NodeId, message: Proposal): void {
  const { previous, blocks, vote } = message;
  const { log, bft } = state;
  if (previous.num > log.head.num) {
    askForFinal(state, out, from);
    return;
  }
  const ownId = log.idAt(previous.num);
  if (ownId !== undefined && ownId !== previous.id) {
    noteConflict(state, out, vote);
    return;
  }
  for (const block of blocks) {
    const { blockNum } = block.header;
    if (blockNum <= log.head.num) {
      const known = log.idAt(blockNum);
      if (known === undefined || known === block.id) continue;
      noteConflict(state, out, vote);
      return;
    }
    const verdict = judge(state, out, block);
    if (verdict === "later" && bft.held.length < heldMax) bft.held.push({ from, message });
    if (verdict !== "good") return;
    appendToLog(state, out, block);
  }
  bft.leaderVote = vote;
  noteVote(state, vote);
  matchAll(state);
}

type Verdict = "good" | "bad" | "later";

/**
 * What any honest leader's block fulfils; whoever makes another one is not voted for, and its term ends in time. That the block is the next
 * one follows from what it was proposed behind.
 */
function judge(state: ConsensusState, out: Output, block: SealedBlock): Verdict {
  const { header } = block;
  const { log, bft, consensus } = state;
  if (header.term !== state.term) return "bad";
  // Nothing is built on a change of producers until it is final.
  if (consensusUnder(consensus.point, header.commitNum).joint.next !== undefined) return "bad";
  if (header.commitNum > state.commitNum && consensus.point.joint.next !== undefined)
    return "later";
  if (!timeIsAcceptable(state, header.time, out.now)) return "bad";
  if (!blockObeysRules(state, block) || !isOfLeader(state, block)) return "bad";
  const roots = judgeRoots(bft, block, log.block(log.head.num));
  return roots === "good" && !isWanted(bft, block) ? "bad" : roots;
}

function isOfLeader(state: ConsensusState, { header }: SealedBlock): boolean {
  const { producers } = rulesInForce(state).joint.current;
  return producers[header.term % producers.length]?.account === header.producer;
}

/** A node never votes for a state that it did not compute. */
function judgeRoots(
  { executed, executedNum }: ConsensusState["bft"],
  { header }: SealedBlock,
  parent: SealedBlock | undefined,
): Verdict {
  const { stateRoot, eventRoot } = header;
  const before = parent?.header;
  if (before !== undefined && header.executedNum < before.executedNum) return "bad";
  if (before !== undefined && header.executedNum === before.executedNum) {
    return before.stateRoot === stateRoot && before.eventRoot === eventRoot ? "good" : "bad";
  }
  if (header.executedNum > executedNum) return "later";
  const roots = executed.get(header.executedNum);
  return roots?.stateRoot === stateRoot && roots.eventRoot === eventRoot ? "good" : "bad";
}

/** The community decides who produces, not the leader: a change is what the state of `executedNum` asks for. */
function isWanted({ executed }: ConsensusState["bft"], { header }: SealedBlock): boolean {
  const { newConsensus, executedNum } = header;
  if (newConsensus === undefined) return true;
  const wanted = executed.get(executedNum)?.wanted;
  return wanted !== undefined && isSameConsensus(wanted, newConsensus);
}

function isSameConsensus(a: Consensus, b: Consensus): boolean {
  return consensusStateOf({ current: a }) === consensusStateOf({ current: b });
}
