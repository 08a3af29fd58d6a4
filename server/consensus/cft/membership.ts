import type { JointConsensus } from "@kith/protocol/block";
import { consensusUnder, type ConsensusPoint } from "@kith/protocol/consensus-point";

import { votersOf, type Voters } from "../joint/voters.ts";
import type { Output } from "./output.ts";
import { newProgress, replicate } from "./replication.ts";
import { isVoter } from "./role.ts";
import type { CftState, Leadership } from "./state.ts";

/**
 * Who decides: a node always goes by the newest rules in its log, final or not (Raft section 6), and a change is over
 * for it as soon as it knows the block that carries it to be final.
 */
export function votersAt(point: ConsensusPoint, commitNum: number): Voters {
  const joint: JointConsensus = consensusUnder(point, commitNum).joint;
  return votersOf(joint);
}

/** Called when the rules after the head changed, or a change became final. */
export function refreshVoters(state: CftState, out: Output): void {
  state.voters = votersAt(state.consensus.point, state.commitNum);
  if (state.leadership !== undefined) syncPeers(state, out, state.leadership);
  if (isVoter(state)) {
    if (state.role === "observer") state.role = "follower";
  } else if (state.role === "follower" || state.role === "candidate") {
    state.role = "observer";
    state.candidacy = undefined;
  }
}

/** The leader sends blocks to every voter and to the observers that are connected. */
export function syncPeers(state: CftState, out: Output, leadership: Leadership): void {
  const wanted = new Set([...state.voters.nodes, ...state.observers]);
  wanted.delete(state.config.self);
  for (const [node, peer] of leadership.peers) {
    if (wanted.has(node)) continue;
    // Its last news: with it, a removed producer learns that it has none to campaign for.
    replicate(state, out, peer, "always");
    leadership.peers.delete(node);
  }
  for (const node of wanted) {
    if (leadership.peers.has(node)) continue;
    const peer = newProgress(state, out, node);
    leadership.peers.set(node, peer);
    replicate(state, out, peer, "always");
  }
}
