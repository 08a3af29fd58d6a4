import type { SignedVote } from "@kith/protocol/vote";

import type { ConsensusState } from "../core/state.ts";
import type { PeerVotes } from "./state.ts";

/** Keeps what a producer says in this term. Votes are cumulative: newer ones replace older ones. */
export function noteVote(state: ConsensusState, vote: SignedVote): void {
  const { bft } = state;
  const peer = bft.peers.get(vote.node);
  if (peer === undefined) {
    const fresh = { latest: vote, prepared: undefined, committed: undefined };
    bft.peers.set(vote.node, fresh);
    match(state, fresh);
    return;
  }
  if (isOlder(vote, peer.latest)) return;
  peer.latest = vote;
  match(state, peer);
}

/** Votes may overtake each other where links break. */
export function isOlder(vote: SignedVote, latest: SignedVote): boolean {
  return (
    vote.prepared.num < latest.prepared.num ||
    (vote.prepared.num === latest.prepared.num && vote.committed.num < latest.committed.num)
  );
}

/** The log grew: votes that came before their blocks count now. */
export function matchAll(state: ConsensusState): void {
  for (const peer of state.bft.peers.values()) match(state, peer);
}

function match(state: ConsensusState, peer: PeerVotes): void {
  const { latest } = peer;
  const { log } = state;
  if (log.idAt(latest.prepared.num) === latest.prepared.id) peer.prepared = latest;
  if (log.idAt(latest.committed.num) === latest.committed.id) peer.committed = latest;
}
