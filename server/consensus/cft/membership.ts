import { consensusUnder } from "@kith/protocol/consensus-point";
import type { AccountName, NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { votersOf } from "../joint/voters.ts";
import type { ConsensusLog } from "../log/consensus-log.ts";
import { newProgress, replicate } from "./replication.ts";
import { isProducer } from "./role.ts";

/** Called when the rules after the head changed: a node goes by the newest rules in its log, final or not (Raft section 6). */
export function refreshVoters(state: ConsensusState, out: Output): void {
  const { point } = state.consensus;
  state.voters = votersOf(consensusUnder(point, state.commitNum).joint);
  state.producers = producersOf(state.consensus);
  state.account = accountOf(state.consensus, state.config.self) ?? state.account;
  if (state.leadership !== undefined) syncPeers(state, out, state.leadership);
  if (isProducer(state)) {
    if (state.role === "observer") state.role = "follower";
  } else if (state.role === "follower" || state.role === "candidate") {
    state.role = "observer";
    state.candidacy = undefined;
  }
}

export function producersOf(consensus: ConsensusLog): readonly NodeId[] {
  return [...new Set(consensus.points().flatMap(({ joint }) => votersOf(joint).nodes))];
}

/** The account that runs this node, as the newest rules that name it say. */
export function accountOf(consensus: ConsensusLog, node: NodeId): AccountName | undefined {
  return consensus
    .points()
    .flatMap(({ joint }) => [...joint.current.producers, ...(joint.next?.producers ?? [])])
    .findLast((producer) => producer.node === node)?.account;
}

/** The leader sends blocks to every producer and to the observers that are connected. */
export function syncPeers(state: ConsensusState, out: Output, leadership: Leadership): void {
  const wanted = new Set([...state.producers, ...state.observers]);
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
