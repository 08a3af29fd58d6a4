import type { Certificate } from "@kith/protocol/certificate";

import { outdoesLock } from "../bft/lock.ts";
import { refuseReadsBft } from "../bft/reads.ts";
import { isBft } from "../bft/rules.ts";
import { noPlace } from "../bft/state.ts";
import { enterTerm } from "../bft/view-change.ts";
import { becomeFollower, isProducer, succeed } from "../cft/role.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";

/** Whether a change to or from BFT is final whose new producers have not taken over here. */
export function epochIsOver(state: ConsensusState): boolean {
  const { joint, since } = state.consensus.point;
  const isOver = joint.next !== undefined && state.commitNum >= since;
  if (!isOver || state.epochEntered === since) return false;
  // From CFT to CFT, the block that ends the change says it, and leaders go on (decision 0011).
  return joint.current.algorithm === "bft" || joint.next?.algorithm === "bft";
}

/**
 * The new producers take over: the block that introduced them is final, and a certificate shows it (joint-consensus.md). What
 * the old ones said counts no more, so the new ones begin in a term of their own.
 */
export function enterEpoch(state: ConsensusState, out: Output): void {
  state.epochEntered = state.consensus.point.since;
  if (isBft(state)) {
    becomeFollower(state, out, state.term, undefined);
    clearBft(state);
    enterTerm(state, out, state.term + 1);
    return;
  }
  // The block that introduced the new producers is the newest: nobody builds on it under BFT before it is final.
  clearBft(state);
  refuseReadsBft(state, out);
  state.term += 1;
  state.votedFor = undefined;
  out.writeBallot();
  state.role = isProducer(state) ? "follower" : "observer";
  const { leader } = state;
  state.leader = undefined;
  succeed(state, out, leader);
}

/**
 * A snapshot put another log in the place of this node's own. Under BFT it may have voted in its term for what
 * is not in the new log, so it says nothing more in that term.
 */
export function startBehind(
  state: ConsensusState,
  out: Output,
  from: { readonly certificate: Certificate | undefined; readonly headTerm: number },
): void {
  const { certificate, headTerm } = from;
  const { root, rootBefore } = state.bft;
  const spoke = root !== undefined || rootBefore !== undefined || headTerm === state.term;
  clearBft(state);
  if (certificate !== undefined && outdoesLock(state, certificate)) {
    state.bft.lock = certificate;
  }
  if (!isBft(state)) {
    refuseReadsBft(state, out);
    if (certificate !== undefined) out.writeBallot();
    return;
  }
  const said = spoke ? state.term + 1 : state.term;
  becomeFollower(state, out, state.term, undefined);
  enterTerm(state, out, Math.max(said, certificate?.term ?? 0));
}

function clearBft({ bft }: ConsensusState): void {
  bft.root = undefined;
  bft.rootBefore = undefined;
  bft.newView = undefined;
  bft.awaited = undefined;
  bft.committed = noPlace;
  bft.locksWritten.length = 0;
  bft.peers.clear();
  bft.early.clear();
  bft.views.clear();
  bft.termSeen.clear();
  bft.voteSent = undefined;
  bft.leaderVote = undefined;
  bft.held.length = 0;
}
