import { termOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { reachedByVoters } from "../joint/voters.ts";
import { setFinal } from "../log/log-change.ts";
import { spreadCertificate } from "./certify.ts";
import { mayEndChange } from "./change-proof.ts";
import { proposeEmpty } from "./propose.ts";
import { startRound } from "./replication.ts";
import { becomeFollower, isProducer } from "./role.ts";
import { changesToBft } from "./signed-confirm.ts";

/**
 * Raft section 5.4.2: a leader counts only blocks of its own term; older ones become final with them. It counts
 * itself only for what is on its disk, although it sent the block before (thesis 10.2.1).
 */
export function advanceFinal(state: ConsensusState, out: Output): void {
  for (;;) {
    const leadership = state.leadership;
    if (leadership === undefined) return;
    const reached = reachedByVoters(state.voters, (node) => confirmedBy(state, leadership, node));
    const num = Math.min(reached, state.log.head.num);
    if (num <= state.commitNum || state.log.termAt(num) !== state.term) return;
    const shown = finalWithProof(state, out, leadership, num);
    if (shown <= state.commitNum) return;
    setFinal(state, out, shown);
    leadership.commitMovedMs = out.now.monotonicMs;
    if (!isProducer(state)) handOver(state, out, leadership);
    else endChange(state, out, leadership);
  }
}

/**
 * The end of a change is shown to light clients, and where BFT producers take over to everybody: until there are enough
 * signed confirms for that, it is not final.
 */
function finalWithProof(
  state: ConsensusState,
  out: Output,
  leadership: Leadership,
  num: number,
): number {
  const { joint, since } = state.consensus.point;
  if (joint.next === undefined || num < since) return num;
  const certificate = spreadCertificate(state, out, leadership, num);
  if (!changesToBft(state)) return num;
  if (certificate !== undefined && certificate.num >= since) return certificate.num;
  return state.log.termAt(since - 1) === state.term ? since - 1 : state.commitNum;
}

function confirmedBy(state: ConsensusState, leadership: Leadership, node: NodeId): number {
  if (node === state.config.self) return state.durableNum;
  const peer = leadership.peers.get(node);
  return peer === undefined || peer.isMuted ? 0 : peer.matchNum;
}

/**
 * Raft section 6: once the block that carries a change is final, the next block ends the joint rules. The leader makes
 * it as soon as the change is proved, so that the old producers are free to go.
 */
export function endChange(state: ConsensusState, out: Output, leadership: Leadership): void {
  const { joint, since } = state.consensus.point;
  // The BFT producers begin by themselves, in a term of their own.
  if (joint.next?.algorithm === "bft") return;
  const over = joint.next !== undefined && since <= state.commitNum;
  if (!over || leadership.transfer !== undefined) return;
  // A proof needs a block of the own term.
  const isOwn = state.log.head.term === state.term;
  if (mayEndChange(state, out, leadership) || !isOwn) proposeEmpty(state, out, leadership);
}

/**
 * Raft section 6: a leader that is no longer a producer leads until the end of the change is final. It tells everybody
 * and asks the producer that has the most to campaign at once, so that nobody waits for a timeout.
 */
function handOver(state: ConsensusState, out: Output, leadership: Leadership): void {
  startRound(state, out, leadership);
  let best: { readonly node: NodeId; readonly matchNum: number } | undefined;
  for (const peer of leadership.peers.values()) {
    if (!state.voters.nodes.includes(peer.node) || peer.isMuted) continue;
    if (best === undefined || peer.matchNum > best.matchNum) best = peer;
  }
  if (best !== undefined) {
    const message = { kind: "timeout-now", term: termOf(state.term) } as const;
    out.send(best.node, message, state.writes.lastBallot);
  }
  becomeFollower(state, out, state.term, undefined);
}
