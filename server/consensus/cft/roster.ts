import type { Producer } from "@kith/protocol/block";
import { blockNumOf, termOf, type NodeId } from "@kith/protocol/ids";
import type { Roster } from "@kith/protocol/node-message";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { hearsFromLeader } from "./role.ts";

/**
 * Whether a node may lead and elect, as this one knows (decision 0014): by its own log, or by the word of a producer
 * whose log was longer. Everybody else is a stranger, whose messages change nothing.
 */
export function isKnown(state: ConsensusState, node: NodeId): boolean {
  const trusted = trustedProducers(state);
  if (trusted !== undefined) return trusted.some((producer) => producer.node === node);
  return state.producers.includes(node) || (state.vouched.get(node) ?? 0) > state.commitNum;
}

/**
 * While CFT changes to BFT only the old producers lead and elect in new terms; when BFT has changed to CFT, only the new
 * ones (joint-consensus.md). Nobody trusts the word of the others.
 */
function trustedProducers(state: ConsensusState): readonly Producer[] | undefined {
  const { joint, since } = state.consensus.point;
  const { current, next } = joint;
  if (next === undefined) return undefined;
  if (next.algorithm === "bft") return current.producers;
  return current.algorithm === "bft" && state.commitNum >= since ? next.producers : undefined;
}

/** What this node tells those who are behind. */
export function rosterOf(state: ConsensusState): Roster {
  return { headNum: blockNumOf(state.log.head.num), producers: state.voters.nodes };
}

/** The word holds until the own log is final up to there and tells by itself who the producers were. */
export function noteRoster(state: ConsensusState, roster: Roster): void {
  const { vouched, commitNum } = state;
  for (const [node, untilNum] of vouched) if (untilNum <= commitNum) vouched.delete(node);
  if (roster.headNum <= commitNum) return;
  for (const node of roster.producers) {
    vouched.set(node, Math.max(vouched.get(node) ?? 0, roster.headNum));
  }
}

/**
 * A stranger leads or campaigns, or pretends to. Unless a leader lives, this node may be the one that is behind: it
 * asks the producers that it knows, once a heartbeat at most.
 */
export function askForRoster(state: ConsensusState, out: Output): void {
  const { config, producers, vouched } = state;
  if (hearsFromLeader(state, out)) return;
  if (out.now.monotonicMs - state.rosterAskedMs < config.heartbeatMs) return;
  state.rosterAskedMs = out.now.monotonicMs;
  for (const node of new Set([...producers, ...vouched.keys()])) {
    if (node !== config.self && isKnown(state, node)) out.send(node, question, 0);
  }
}

/** Nobody would vote for this: what comes back is a refusal with the roster. */
const question = {
  kind: "vote-request",
  term: termOf(0),
  pre: true,
  transfer: false,
  headTerm: termOf(0),
  headNum: blockNumOf(0),
} as const;
