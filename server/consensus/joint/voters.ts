import type { Consensus, JointConsensus } from "@kith/protocol/block";
import { quorumSize } from "@kith/protocol/certificate";
import type { NodeId } from "@kith/protocol/ids";

import { reachedByQuorum, voteResult, type VoteResult } from "./quorum.ts";

/** One set of producers whose quorum counts by itself. */
export type VoterSet = { readonly nodes: readonly NodeId[]; readonly quorum: number };

/**
 * Everybody whose vote counts. While a change is under way there are two sets, and each decides by itself: a quorum
 * of their union would let the larger set overrule the smaller one (Raft section 6).
 */
export type Voters = {
  readonly sets: readonly VoterSet[];
  /** The members of all sets, each once, in the order of the sets. */
  readonly nodes: readonly NodeId[];
};

export function votersOf(joint: JointConsensus): Voters {
  const { current, next } = joint;
  if (next === undefined) return votersAlone(current);
  const known = votersTogether.get(joint);
  if (known !== undefined) return known;
  const sets = [...votersAlone(current).sets, ...votersAlone(next).sets];
  const voters = { sets, nodes: [...new Set(sets.flatMap((set) => set.nodes))] };
  votersTogether.set(joint, voters);
  return voters;
}

/** Asked for with every message, and the same for as long as the producers are: made once. */
const votersByConsensus = new WeakMap<Consensus, Voters>();
const votersTogether = new WeakMap<JointConsensus, Voters>();

function votersAlone(consensus: Consensus): Voters {
  const known = votersByConsensus.get(consensus);
  if (known !== undefined) return known;
  const nodes = consensus.producers.map((producer) => producer.node);
  const quorum = quorumSize(consensus.algorithm, nodes.length);
  const voters = { sets: [{ nodes, quorum }], nodes: [...new Set(nodes)] };
  votersByConsensus.set(consensus, voters);
  return voters;
}

/** The highest value that a quorum of every set reaches. */
export function reachedByVoters(voters: Voters, valueOf: (node: NodeId) => number): number {
  let reached = Number.POSITIVE_INFINITY;
  for (const set of voters.sets) {
    reached = Math.min(reached, reachedByQuorum(set.nodes.map(valueOf), set.quorum));
  }
  return reached;
}

/** Won when every set has won, lost as soon as one has lost. */
export function votersResult(
  voters: Voters,
  voteOf: (node: NodeId) => boolean | undefined,
): VoteResult {
  let pending = false;
  for (const set of voters.sets) {
    const result = voteResult(set.nodes.map(voteOf), set.quorum);
    if (result === "lost") return "lost";
    if (result === "pending") pending = true;
  }
  return pending ? "pending" : "won";
}

export function quorumOfVoters(voters: Voters, holds: (node: NodeId) => boolean): boolean {
  return voters.sets.every(({ nodes, quorum }) => {
    let held = 0;
    for (const node of nodes) if (holds(node)) held += 1;
    return nodes.length === 0 || held >= quorum;
  });
}
