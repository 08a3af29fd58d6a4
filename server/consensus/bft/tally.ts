import type { JointConsensus } from "@kith/protocol/block";
import type { NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { quorumOfVoters, votersOf } from "../joint/voters.ts";
import { setFinal } from "../log/log-change.ts";
import { isBetter, makeCertificate, orderOf } from "./lock.ts";
import { lockOn } from "./locking.ts";
import { epochOf, reachedUnder, rulesInForce } from "./rules.ts";

/** Counts votes: what a quorum prepared is locked, and what a quorum committed is final. */
export function advance(state: ConsensusState, out: Output): void {
  if (state.bft.root === undefined) return;
  advanceLock(state, out);
  advanceFinal(state, out);
}

/** bft.md, rule 1: a block is committed when a quorum has prepared it, and the proof of that is kept. */
function advanceLock(state: ConsensusState, out: Output): void {
  const { bft } = state;
  const rules = rulesInForce(state);
  const { joint } = rules;
  const preparing =
    joint.next?.algorithm === "cft" ? { ...rules, joint: { current: joint.current } } : rules;
  if (!isPassed(preparing.joint, lockedNum(state), (node) => preparedBy(state, node))) return;
  for (;;) {
    const reached = reachedUnder(preparing, preparing.joint, (node) => preparedBy(state, node));
    const num = Math.min(reached, state.log.head.num);
    if (num < (bft.root?.num ?? 1)) return;
    if (!isBetter({ epoch: rules.epoch, term: state.term, num }, orderOf(bft.lock))) return;
    const certificate = makeCertificate(state, "prepared", num);
    if (certificate !== undefined) {
      lockOn(state, out, certificate);
      return;
    }
    // A vote without a signature was thrown away: the rest may reach less.
    if (reachedUnder(preparing, preparing.joint, (node) => preparedBy(state, node)) >= reached)
      return;
  }
}

/** A block that a quorum committed is final, with all before it (bft.md, irreversibility). */
function advanceFinal(state: ConsensusState, out: Output): void {
  const rules = rulesInForce(state);
  if (!isPassed(rules.joint, state.commitNum, (node) => committedBy(state, node))) return;
  for (;;) {
    const num = committedNow(state);
    if (num <= state.commitNum) return;
    const { joint, since } = rulesInForce(state);
    const endsEpoch = joint.next !== undefined && num >= since;
    if (endsEpoch || isCertifyDue(state, num)) {
      const isShown = certifyFinal(state, out, num);
      // An epoch ends only by a proof that is good for everybody.
      if (!isShown && endsEpoch) {
        if (committedNow(state) >= num) return;
        continue;
      }
    }
    setFinal(state, out, num);
    if (endsEpoch) return;
  }
}

/** Most votes complete nothing, so before the votes are put in order it is counted whether a quorum of the producers has come farther. */
function isPassed(
  { current }: JointConsensus,
  num: number,
  valueOf: (node: NodeId) => number,
): boolean {
  return quorumOfVoters(votersOf({ current }), (node) => valueOf(node) > num);
}

/** The height that is locked in this term, or the one before its root. */
function lockedNum(state: ConsensusState): number {
  const { lock, root } = state.bft;
  const isOfTerm = lock !== undefined && lock.term === state.term && lock.epoch === epochOf(state);
  return isOfTerm ? lock.num : (root?.num ?? 1) - 1;
}

/** How many blocks, or bytes of them, may be final before a certificate is made for those who will ask. */
const certifyEvery = 32;
const certifyEveryBytes = 256 * 1024;

function isCertifyDue({ bft, log }: ConsensusState, num: number): boolean {
  const from = Math.max(bft.certifiedNum, log.firstNum - 1);
  return num >= bft.certifiedNum + certifyEvery || log.bytesBetween(from, num) >= certifyEveryBytes;
}

/** Gives the driver a certificate for this height, of the votes that this node has. False when they are not enough. */
export function certifyFinal(state: ConsensusState, out: Output, num: number): boolean {
  if (num <= state.bft.certifiedNum) return true;
  const certificate = makeCertificate(state, "committed", num);
  if (certificate === undefined) return false;
  state.bft.certifiedNum = num;
  out.push({ kind: "certificate", certificate });
  return true;
}

/** The highest own block that a quorum has committed. */
function committedNow(state: ConsensusState): number {
  const rules = rulesInForce(state);
  const reached = reachedUnder(rules, rules.joint, (node) => committedBy(state, node));
  return Math.min(reached, state.log.head.num);
}

function preparedBy(state: ConsensusState, node: NodeId): number {
  return state.bft.peers.get(node)?.prepared?.prepared.num ?? 0;
}

function committedBy(state: ConsensusState, node: NodeId): number {
  return state.bft.peers.get(node)?.committed?.committed.num ?? 0;
}
