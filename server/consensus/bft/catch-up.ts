import type { SealedBlock } from "@kith/protocol/block";
import { rulesOfEpoch, verifyFinality, type Certificate } from "@kith/protocol/certificate";
import { blockNumOf, type NodeId } from "@kith/protocol/ids";
import type { BftMessage } from "@kith/protocol/node-message";

import { certify } from "../cft/certify.ts";
import { becomeFollower } from "../cft/role.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { setFinal } from "../log/log-change.ts";
import { branchUpTo, pointBehind, replaceTail, type Branch } from "./branch.ts";
import { takeProved } from "./fetch-root.ts";
import { certificateHolds, isBetter, orderOf, outdoesLock } from "./lock.ts";
import { lockOn } from "./locking.ts";
import { matchAll } from "./peers.ts";
import { epochOf, isBft } from "./rules.ts";
import { noteSupplied } from "./supply.ts";
import { certifyFinal } from "./tally.ts";
import { sendNewView } from "./tell.ts";
import { noteClaims, suspectLeader, wantTerm } from "./terms.ts";

type ChainRequest = Extract<BftMessage, { kind: "chain-request" }>;
type ChainResponse = Extract<BftMessage, { kind: "chain-response" }>;

export function receiveChainRequest(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { final, head }: ChainRequest,
): void {
  // A producer that has left may be the only one who knows that it has.
  noteClaims(state, from, final.num, 0);
  if (final.num < state.announcedNum) {
    if (isBft(state)) certifyFinal(state, out, state.announcedNum);
    // What has left memory is read by the driver, certified or not.
    const proved = final.num < state.log.firstNum - 1 ? provedNum(state) : undefined;
    const upTo = proved === undefined ? {} : { proved: blockNumOf(proved) };
    out.push({ kind: "send-chain", to: from, after: final, ...upTo });
  }
  if (!isBft(state)) {
    // Whoever lacks nothing asks the leader for a proof.
    if (state.leadership !== undefined) certify(state, out);
    return;
  }
  sendNewView(state, out, from);
  sendOpenBlocks(state, out, from, state.log.idAt(head.num) === head.id ? head.num : final.num);
}

/**
 * Blocks that are not final yet: the leader's vote shows that they are its own; those before the root, or before what this node
 * names in its view change, need no more than the certificate.
 */
function sendOpenBlocks(state: ConsensusState, out: Output, to: NodeId, after: number): void {
  const { bft, log, config, announcedNum } = state;
  const { leaderVote, termWrite } = bft;
  const from = Math.max(after, log.firstNum - 1);
  const previousId = log.idAt(from);
  if (previousId === undefined) return;
  const previous = { num: blockNumOf(from), id: previousId };
  const blocksUpTo = (num: number): readonly SealedBlock[] => {
    const blocks: SealedBlock[] = [];
    for (let at = from + 1; at <= num; at += 1) {
      const block = log.block(at);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  };
  const proved = provedNum(state);
  if (proved !== undefined && from < proved) {
    out.send(to, { kind: "chain-response", blocks: blocksUpTo(proved) }, termWrite);
  }
  if (leaderVote === undefined || leaderVote.prepared.num <= from) return;
  if (log.bytesBetween(from, leaderVote.prepared.num) > config.appendBytesMax) return;
  const blocks = blocksUpTo(leaderVote.prepared.num);
  const commitNum = blockNumOf(announcedNum);
  out.send(to, { kind: "proposal", previous, blocks, vote: leaderVote, commitNum }, termWrite);
}

/** The root of the term, or what this node is bound to, when it has it: its view, or its view change, proves that. */
function provedNum({ bft, log }: ConsensusState): number | undefined {
  const { root, lock } = bft;
  if (root !== undefined || lock === undefined) return root?.num;
  return log.idAt(lock.num) === lock.id ? lock.num : undefined;
}

/** Blocks that a certificate makes final, or those up to the root of a view that this node waits for. */
export function receiveChain(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { blocks, certificate }: ChainResponse,
): void {
  if (certificate === undefined) {
    takeProved(state, out, blocks);
    return;
  }
  // What brought nothing is never asked for again before its time, or answers would multiply.
  if (takeFinal(state, out, blocks, certificate)) noteSupplied(state, out, from);
}

/** A certificate that was told alone. */
export function receiveFinality(
  state: ConsensusState,
  out: Output,
  certificate: Certificate,
): void {
  if (certificate.kind === "prepared") takeLock(state, out, certificate);
  else if (certificate.num > state.commitNum) takeFinal(state, out, [], certificate);
  else keepProof(state, out, certificate);
}

/** From others in this term, who have a better certificate than the one that keeps this node from joining them. */
function takeLock(state: ConsensusState, out: Output, certificate: Certificate): void {
  const { bft, term } = state;
  if (bft.awaited === undefined || certificate.term > term) return;
  if (!isBetter(certificate, orderOf(bft.lock)) || !certificateHolds(state, certificate)) return;
  lockOn(state, out, certificate);
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
  const overruled = replaceTail(state, out, branch);
  bft.certifiedNum = certificate.num;
  out.push({ kind: "certificate", certificate });
  if (involvesBft(state) && outdoesLock(state, certificate)) {
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

function isFinal(state: ConsensusState, branch: Branch, certificate: Certificate): boolean {
  const { consensus, commitNum, log, config } = state;
  const tip = branch.blocks.at(-1) ?? log.block(certificate.num);
  if (tip === undefined) return false;
  const current = epochOf(state);
  // Producers that this node has not seen take over yet decide nothing here.
  if (certificate.epoch !== current && certificate.epoch !== consensus.pointAt(commitNum).epoch) {
    return false;
  }
  const rules = rulesOfEpoch(pointBehind(state, branch), certificate.epoch);
  if (rules === undefined) return false;
  const { chain, isSigned } = config.crypto;
  return verifyFinality(tip.header, certificate, { ...rules, chain, isSigned }).ok;
}
