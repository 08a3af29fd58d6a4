import { blockNumOf, termOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "./output.ts";
import type { ConsensusState, Progress } from "./state.ts";

/**
 * Under BFT: a producer begins anew in a term for which this node holds its later word. Told so, it finds out whether it knows of it:
 * the signature is its own.
 */
export function remindOfWords({ bft }: ConsensusState, out: Output, node: NodeId): void {
  const vote = bft.peers.get(node)?.latest ?? bft.early.get(node);
  if (vote === undefined) return;
  const { term, prepared } = vote;
  out.send(node, { kind: "reminder", term, num: prepared.num, vote }, 0);
}

/** Under CFT: a follower has less than it confirmed to this leader. */
export function remindOfConfirm(state: ConsensusState, out: Output, peer: Progress): void {
  const reminder = {
    kind: "reminder",
    term: termOf(state.term),
    num: blockNumOf(peer.matchNum),
  } as const;
  out.send(peer.node, reminder, 0);
}
