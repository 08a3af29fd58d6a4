import type { BlockPlace, SignedVote } from "@kith/protocol/vote";

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

/** The log changed: votes that came before their blocks count now, and those for blocks that went count no more. */
export function matchAll(state: ConsensusState): void {
  for (const peer of state.bft.peers.values()) match(state, peer);
}

/** A leader that lies may begin a term twice: what the one half votes for is not in the log of the other, at the same height or not. */
function match({ log }: ConsensusState, peer: PeerVotes): void {
  const { latest } = peer;
  const stands = ({ num, id }: BlockPlace): boolean => log.idAt(num) === id;
  if (stands(latest.prepared)) peer.prepared = latest;
  else if (peer.prepared !== undefined && !stands(peer.prepared.prepared))
    peer.prepared = undefined;
  if (stands(latest.committed)) peer.committed = latest;
  else if (peer.committed !== undefined && !stands(peer.committed.committed))
    peer.committed = undefined;
}
