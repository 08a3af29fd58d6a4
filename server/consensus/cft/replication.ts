import type { SealedBlock } from "@kith/protocol/block";
import { blockIdOf, blockNumOf, termOf, type BlockId, type NodeId } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";

import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership, Progress } from "../core/state.ts";
import { isCertifying, signConfirm } from "./signed-confirm.ts";

type Append = Extract<CftMessage, { kind: "append" }>;

export const noBlockId: BlockId = blockIdOf("0".repeat(64));

export function newProgress(state: ConsensusState, out: Output, node: NodeId): Progress {
  const head = state.log.head.num;
  return {
    node,
    matchNum: 0,
    isMuted: false,
    nextNum: head + 1,
    baseNum: head,
    commitSent: 0,
    resetRound: 0,
    resetNum: undefined,
    answeredRound: 0,
    heardMs: out.now.monotonicMs,
    progressMs: out.now.monotonicMs,
    snapshotSentMs: undefined,
    clock: undefined,
  };
}

/** Raft section 5.3: a new round of appends, which are heartbeats where there is nothing to send. */
export function startRound(state: ConsensusState, out: Output, leadership: Leadership): void {
  leadership.round += 1;
  leadership.heartbeatAtMs = out.now.monotonicMs + state.config.heartbeatMs;
  for (const peer of leadership.peers.values()) {
    retryLost(state, out, peer);
    replicate(state, out, peer, "always");
  }
}

function roundOf(state: ConsensusState): number {
  return state.leadership?.round ?? 0;
}

/** Blocks that nobody confirmed for an election timeout are sent again. */
function retryLost(state: ConsensusState, out: Output, peer: Progress): void {
  const silentMs = out.now.monotonicMs - peer.progressMs;
  if (silentMs < state.config.electionTimeoutMsMin || peer.matchNum === 0) return;
  if (peer.nextNum - 1 > peer.matchNum) sendFrom(peer, out, peer.matchNum + 1);
}

export function sendFrom(peer: Progress, out: Output, num: number): void {
  peer.nextNum = num;
  peer.baseNum = num - 1;
  peer.progressMs = out.now.monotonicMs;
}

/** Sends what the window allows; an append without blocks only `always`, or when it carries news of finality. */
export function replicate(
  state: ConsensusState,
  out: Output,
  peer: Progress,
  append: "always" | "with-news",
): void {
  let sent = false;
  while (peer.nextNum <= state.log.head.num && windowIsOpen(state, peer)) {
    if (flightOf(peer) === 0) peer.progressMs = out.now.monotonicMs;
    if (peer.nextNum >= state.log.firstNum) sendBlocks(state, out, peer);
    else if (peer.nextNum >= state.logFirst) sendStored(state, out, peer);
    else {
      sendSnapshot(state, out, peer);
      break;
    }
    sent = true;
  }
  if (sent) return;
  const news = flightOf(peer) === 0 && peer.matchNum > 0 && peer.commitSent < state.commitNum;
  if (append === "always" || news) sendAppend(state, out, peer, []);
}

/** The blocks on the way to this peer. */
function flightOf(peer: Progress): number {
  return peer.nextNum - 1 - Math.max(peer.matchNum, peer.baseNum);
}

function windowIsOpen(state: ConsensusState, peer: Progress): boolean {
  const flight = flightOf(peer);
  if (flight <= 0) return true;
  if (flight >= state.config.windowBlocks) return false;
  const bytes = state.log.bytesBetween(peer.nextNum - 1 - flight, peer.nextNum - 1);
  return bytes < state.config.windowBytes;
}

function sendBlocks(state: ConsensusState, out: Output, peer: Progress): void {
  const { log, config } = state;
  const room = config.windowBlocks - flightOf(peer);
  const blocks: SealedBlock[] = [];
  let bytes = 0;
  for (let num = peer.nextNum; num <= log.head.num && blocks.length < room; num += 1) {
    const block = log.block(num);
    if (block === undefined) break;
    bytes += block.bytes.length;
    if (blocks.length > 0 && bytes > config.appendBytesMax) break;
    blocks.push(block);
  }
  sendAppend(state, out, peer, blocks);
  peer.nextNum += blocks.length;
}

function sendAppend(
  state: ConsensusState,
  out: Output,
  peer: Progress,
  blocks: readonly SealedBlock[],
): void {
  const previousNum = peer.nextNum - 1;
  const previousId = state.log.idAt(previousNum);
  // The id of a block below memory is on disk only; an append behind block 0 fits every log.
  const known = previousId !== undefined;
  peer.commitSent = state.commitNum;
  out.send(
    peer.node,
    {
      kind: "append",
      term: termOf(state.term),
      previousNum: blockNumOf(known ? previousNum : 0),
      previousId: known ? previousId : noBlockId,
      blocks,
      commitNum: blockNumOf(state.commitNum),
      round: roundOf(state),
      ...proofsOf(state, peer, blocks),
    },
    state.writes.lastBallot,
  );
}

/** What an append asks for and carries where somebody has to prove something. */
function proofsOf(
  state: ConsensusState,
  peer: Progress,
  blocks: readonly SealedBlock[],
): Pick<Append, "certify" | "vote"> {
  if (!isCertifying(state)) return {};
  const last = blocks.at(-1);
  const num = last?.header.blockNum ?? blockNumOf(peer.nextNum - 1);
  const id = last?.id ?? state.log.idAt(num);
  const { next } = state.consensus.point.joint;
  if (next?.algorithm !== "bft" || id === undefined) return { certify: true };
  return { certify: true, vote: signConfirm(state, { num, id }) };
}

function sendStored(state: ConsensusState, out: Output, peer: Progress): void {
  const room = state.config.windowBlocks - flightOf(peer);
  const lastNum = Math.min(peer.nextNum + room, state.log.firstNum) - 1;
  out.push({
    kind: "send-stored",
    to: peer.node,
    firstNum: blockNumOf(peer.nextNum),
    lastNum: blockNumOf(lastNum),
    term: termOf(state.term),
    commitNum: blockNumOf(state.commitNum),
    round: roundOf(state),
  });
  peer.nextNum = lastNum + 1;
  peer.commitSent = state.commitNum;
}

/** Raft section 7. Asked for once an election timeout, because the transfer itself is the driver's. */
function sendSnapshot(state: ConsensusState, out: Output, peer: Progress): void {
  const { snapshotSentMs } = peer;
  const nowMs = out.now.monotonicMs;
  const waitMs = state.config.electionTimeoutMsMax;
  if (snapshotSentMs !== undefined && nowMs - snapshotSentMs < waitMs) return;
  peer.snapshotSentMs = nowMs;
  out.push({ kind: "send-snapshot", to: peer.node, term: termOf(state.term) });
}
