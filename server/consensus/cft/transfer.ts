import { termOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { replicate } from "./replication.ts";

/** Thesis 3.10: the leader stops making blocks, waits until the target has all of them, and tells it to campaign. */
export function startTransfer(state: ConsensusState, out: Output, to: NodeId): void {
  const { leadership, config } = state;
  if (leadership === undefined || to === config.self || !state.voters.nodes.includes(to)) return;
  const peer = leadership.peers.get(to);
  if (peer === undefined) return;
  const deadlineMs = out.now.monotonicMs + config.electionTimeoutMsMax;
  leadership.transfer = { to, deadlineMs, sent: false };
  replicate(state, out, peer, "always");
  advanceTransfer(state, out, leadership);
}

/** Called when something was confirmed or time has passed; after an election timeout the leader goes on by itself. */
export function advanceTransfer(state: ConsensusState, out: Output, leadership: Leadership): void {
  const { transfer } = leadership;
  if (transfer === undefined) return;
  if (out.now.monotonicMs >= transfer.deadlineMs) {
    leadership.transfer = undefined;
    return;
  }
  const peer = leadership.peers.get(transfer.to);
  if (transfer.sent || peer === undefined || peer.matchNum !== state.log.head.num) return;
  leadership.transfer = { ...transfer, sent: true };
  const message = { kind: "timeout-now", term: termOf(state.term) } as const;
  out.send(transfer.to, message, state.writes.lastBallot);
}
