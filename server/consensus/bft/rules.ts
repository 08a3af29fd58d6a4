import type { JointConsensus } from "@kith/protocol/block";
import { quorumSize } from "@kith/protocol/certificate";
import { consensusUnder, type ConsensusPoint } from "@kith/protocol/consensus-point";
import type { BlockNum, NodeId } from "@kith/protocol/ids";

import { isSilent } from "../core/silence.ts";
import type { ConsensusState } from "../core/state.ts";
import { quorumOfVoters, reachedByVoters, votersOf, type Voters } from "../joint/voters.ts";

/** The rules in force: those after the newest block, where a change is over when it is known to be final. */
export function rulesInForce(state: ConsensusState): ConsensusPoint {
  return consensusUnder(state.consensus.point, state.commitNum);
}

export function isBft(state: ConsensusState): boolean {
  return rulesInForce(state).joint.current.algorithm === "bft";
}

export function epochOf(state: ConsensusState): BlockNum {
  return rulesInForce(state).epoch;
}

/** The producers lead in turn, a term each (bft.md, block production); while they change, the old ones do. */
export function leaderOf(state: ConsensusState, term: number): NodeId | undefined {
  const { producers } = rulesInForce(state).joint.current;
  return producers[term % producers.length]?.node;
}

/** Whose prepares and view changes count (joint-consensus.md): new producers under CFT commit and never prepare. */
export function preparersUnder(joint: JointConsensus): Voters {
  const { current, next } = joint;
  return votersOf(next?.algorithm === "bft" ? joint : { current });
}

/**
 * The highest block that a quorum reached. Behind the block that begins a change the new producers count too; before
 * it they do not (joint-consensus.md).
 */
export function reachedUnder(
  point: ConsensusPoint,
  joint: JointConsensus,
  valueOf: (node: NodeId) => number,
): number {
  const reached = reachedByVoters(votersOf({ current: joint.current }), valueOf);
  if (joint.next === undefined || reached < point.since) return reached;
  return Math.max(point.since - 1, reachedByVoters(votersOf(joint), valueOf));
}

/** Whether a quorum of everybody who decides about terms behind this height is among them. */
export function quorumBehind(
  state: ConsensusState,
  rootNum: number,
  holds: (node: NodeId) => boolean,
): boolean {
  const { joint, since } = rulesInForce(state);
  const isJoint = joint.next !== undefined && rootNum >= since;
  return quorumOfVoters(
    isJoint ? preparersUnder(joint) : votersOf({ current: joint.current }),
    holds,
  );
}

/**
 * The highest term that so many nodes of one set have reached that the others are no quorum without them: one of them
 * is honest (bft.md, view change; for a change of producers joint-consensus.md, BFT to BFT).
 */
export function termOfEnough(state: ConsensusState, termOfNode: (node: NodeId) => number): number {
  const { current, next } = rulesInForce(state).joint;
  let highest = 0;
  for (const set of [current, next]) {
    if (set === undefined || set.algorithm !== "bft" || set.producers.length === 0) continue;
    const size = set.producers.length;
    const enough = size - quorumSize("bft", size) + 1;
    const terms = set.producers.map(({ node }) => termOfNode(node)).toSorted((a, b) => b - a);
    highest = Math.max(highest, terms[enough - 1] ?? 0);
  }
  return highest;
}

/** Who is told about blocks and votes: every producer, and whoever follows. */
export function audience(state: ConsensusState): readonly NodeId[] {
  const nodes = new Set([...state.voters.nodes, ...state.observers]);
  nodes.delete(state.config.self);
  return [...nodes];
}

export function isVoter(state: ConsensusState): boolean {
  return !isSilent(state) && state.voters.nodes.includes(state.config.self);
}

/** Whether this node's word counts for prepares and view changes. */
export function isPreparer(state: ConsensusState): boolean {
  return (
    !isSilent(state) && preparersUnder(rulesInForce(state).joint).nodes.includes(state.config.self)
  );
}
