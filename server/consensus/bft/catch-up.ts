import type { SealedBlock } from "@kith/protocol/block";
import { verifyFinality, rulesOfEpoch, type Certificate } from "@kith/protocol/certificate";
import { consensusAfter, type ConsensusPoint } from "@kith/protocol/consensus-point";
import { blockNumOf, type NodeId } from "@kith/protocol/ids";
import type { BftMessage } from "@kith/protocol/node-message";

import { certify } from "../cft/certify.ts";
import { becomeFollower } from "../cft/role.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { appendToLog, setFinal, truncateLog } from "../log/log-change.ts";
import { isBetter, orderOf } from "./lock.ts";
import { lockOn } from "./locking.ts";
import { matchAll } from "./peers.ts";
import { epochOf, isBft } from "./rules.ts";
import { certifyFinal } from "./tally.ts";
import { askForChain, sendNewView } from "./tell.ts";
import { suspectLeader, wantTerm } from "./terms.ts";

type ChainRequest = Extract<BftMessage, { kind: "chain-request" }>;
type ChainResponse = Extract<BftMessage, { kind: "chain-response" }>;

export function receiveChainRequest(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { final, head }: ChainRequest,
): void {
  if (final.num < state.announcedNum) {
    if (isBft(state)) certifyFinal(state, out, state.announcedNum);
    out.push({ kind: "send-chain", to: from, after: final });
  }
  if (!isBft(state)) {
    // Whoever lacks nothing asks the leader for a proof.
    if (state.leadership !== undefined) certify(state, out);
    return;
  }
  sendNewView(state, out, from);
  sendOpenBlocks(state, out, from, state.log.idAt(head.num) === head.id ? head.num : final.num);
}

/** Blocks that are not final yet: the leader's vote shows that they are its own; those before the root need no more than the view. */
function sendOpenBlocks(state: ConsensusState, out: Output, to: NodeId, after: number): void {
  const { bft, log, config, announcedNum } = state;
  const { leaderVote, root, termWrite } = bft;
  const from = Math.max(after, log.firstNum - 1);
  const previousId = log.idAt(from);
  if (root === undefined || previousId === undefined) return;
  const previous = { num: blockNumOf(from), id: previousId };
  const blocksUpTo = (num: number): readonly SealedBlock[] => {
    const blocks: SealedBlock[] = [];
    for (let at = from + 1; at <= num; at += 1) {
      const block = log.block(at);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  };
  if (from < root.num)
    out.send(to, { kind: "chain-response", blocks: blocksUpTo(root.num) }, termWrite);
  if (leaderVote === undefined || leaderVote.prepared.num <= from) return;
  if (log.bytesBetween(from, leaderVote.prepared.num) > config.appendBytesMax) return;
  const blocks = blocksUpTo(leaderVote.prepared.num);
  const commitNum = blockNumOf(announcedNum);
  out.send(to, { kind: "proposal", previous, blocks, vote: leaderVote, commitNum }, termWrite);
}

/** Blocks that a certificate makes final, or those up to the root of a view that this node waits for. */
export function receiveChain(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { blocks, certificate }: ChainResponse,
): void {
  if (certificate === undefined) {
    takeAwaited(state, out, blocks);
    return;
  }
  if (!takeFinal(state, out, blocks, certificate)) return;
  // The next part at once; but what brought nothing is never asked for again before its time, or answers would multiply.
  state.bft.clock.chainAskedMs = Number.NEGATIVE_INFINITY;
  const claimed = state.bft.finalClaimed.get(from) ?? 0;
  if (claimed > state.commitNum) askForChain(state, out, from);
}

/** A certificate that was told alone. */
export function receiveFinality(
  state: ConsensusState,
  out: Output,
  certificate: Certificate,
): void {
  if (certificate.num > state.commitNum) takeFinal(state, out, [], certificate);
  else keepProof(state, out, certificate);
}

/** Of what is final here already: for those who will ask. */
function keepProof(state: ConsensusState, out: Output, certificate: Certificate): void {
  const { bft, log } = state;
  if (certificate.num <= bft.certifiedNum || log.block(certificate.num)?.id !== certificate.id)
    return;
  if (!isFinal(state, { fromNum: certificate.num, blocks: [] }, certificate)) return;
  bft.certifiedNum = certificate.num;
  out.push({ kind: "certificate", certificate });
}

function takeFinal(
  state: ConsensusState,
  out: Output,
  blocks: readonly SealedBlock[],
  certificate: Certificate,
): boolean {
  if (certificate.num <= state.commitNum) return false;
  const branch = branchUpTo(state, blocks, certificate.num);
  if (branch === undefined || !isFinal(state, branch, certificate)) return false;
  const { bft } = state;
  // A leader under CFT whose log is overruled leads no more.
  if (state.leadership !== undefined && branch.blocks.length > 0) {
    becomeFollower(state, out, state.term, undefined);
  }
  const overruled = !replaceTail(state, out, branch);
  bft.certifiedNum = certificate.num;
  out.push({ kind: "certificate", certificate });
  if (involvesBft(state) && isBetter(certificate, orderOf(bft.lock))) {
    lockOn(state, out, certificate);
  }
  setFinal(state, out, certificate.num);
  if (isBft(state)) leaveTermWhenPassed(state, certificate.term, overruled);
  matchAll(state);
  return true;
}

/** A term that others have left is over. So is one in which this node voted for what did not become final: it says no more in it. */
function leaveTermWhenPassed(state: ConsensusState, term: number, overruled: boolean): void {
  if (term > state.term) wantTerm(state, term);
  else if (overruled) suspectLeader(state);
}

/** Under CFT alone a certificate is for others to see, and binds nobody. */
function involvesBft({ consensus }: ConsensusState): boolean {
  const { current, next } = consensus.point.joint;
  return current.algorithm === "bft" || next?.algorithm === "bft";
}

type Branch = {
  /** The own block behind which the branch goes on. */
  readonly fromNum: number;
  readonly blocks: readonly SealedBlock[];
};

/** The part of the blocks that is new here, when they follow each other behind a block of this log. */
function branchUpTo(
  state: ConsensusState,
  blocks: readonly SealedBlock[],
  num: number,
): Branch | undefined {
  const { log, commitNum } = state;
  let fromNum = Math.min(num, log.head.num);
  const fresh: SealedBlock[] = [];
  for (const block of blocks) {
    const { blockNum, previous } = block.header;
    if (blockNum > num) break;
    if (fresh.length === 0 && log.idAt(blockNum) === block.id) continue;
    if (fresh.length === 0) {
      fromNum = blockNum - 1;
      if (fromNum < commitNum || log.idAt(fromNum) !== previous) return undefined;
    } else if (fresh.at(-1)?.id !== previous || fresh.at(-1)?.header.blockNum !== blockNum - 1) {
      return undefined;
    }
    fresh.push(block);
  }
  const reached = fresh.at(-1)?.header.blockNum ?? fromNum;
  return reached >= num ? { fromNum, blocks: fresh } : undefined;
}

/** The producers come from the branch itself: a certificate for one of its blocks speaks for all before. */
function isFinal(state: ConsensusState, branch: Branch, certificate: Certificate): boolean {
  const { consensus, commitNum, log, config } = state;
  const tip = branch.blocks.at(-1) ?? log.block(certificate.num);
  if (tip === undefined || tip.header.blockNum !== certificate.num) return false;
  let point: ConsensusPoint = consensus.pointAt(branch.fromNum);
  for (const { header } of branch.blocks) point = consensusAfter(point, header);
  const current = epochOf(state);
  // Producers that this node has not seen take over yet decide nothing here.
  if (certificate.epoch !== current && certificate.epoch !== consensus.pointAt(commitNum).epoch) {
    return false;
  }
  const rules = rulesOfEpoch(point, certificate.epoch);
  if (rules === undefined) return false;
  const { chain, isSigned } = config.crypto;
  return verifyFinality(tip.header, certificate, { ...rules, chain, isSigned }).ok;
}

/** Puts the branch in the place of what this log has there. False when that was voted for in this term. */
function replaceTail(state: ConsensusState, out: Output, { fromNum, blocks }: Branch): boolean {
  if (blocks.length === 0) return true;
  const { log, bft } = state;
  const votedNum = bft.voteSent?.prepared.num ?? 0;
  const isFree = votedNum <= fromNum;
  if (fromNum < log.head.num) truncateLog(state, out, fromNum);
  for (const block of blocks) appendToLog(state, out, block);
  return isFree;
}

function takeAwaited(state: ConsensusState, out: Output, blocks: readonly SealedBlock[]): void {
  const { bft } = state;
  const root = bft.awaited?.views[0]?.best;
  if (bft.awaited === undefined || root === undefined || bft.root !== undefined) return;
  const branch = branchUpTo(state, blocks, root.num);
  const tip = branch?.blocks.at(-1);
  if (branch === undefined || (tip !== undefined && tip.id !== root.id)) return;
  const isBound = bft.rootBefore !== undefined && branch.fromNum < bft.rootBefore.num;
  if (isBound || !branchObeys(state, branch)) return;
  replaceTail(state, out, branch);
}

/** Blocks before a root are those of earlier leaders, whose quorum prepared the last of them. */
function branchObeys(state: ConsensusState, { fromNum, blocks }: Branch): boolean {
  let time = state.log.block(fromNum)?.header.time ?? 0;
  for (const { header } of blocks) {
    if (header.time <= time) return false;
    time = header.time;
  }
  return true;
}
