import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { isCftChange } from "./signed-confirm.ts";

/**
 * How long a leader keeps a change of CFT producers open for its proof, in longest election timeouts. The signed confirms that it needs
 * come with those that make the change final; only nodes that are gone, or of an older version, do not send them.
 */
const patienceTimeouts = 10;

/** Whether CFT producers have followed CFT producers, and the block that says so is not made yet. */
function isOver({ consensus: { point }, commitNum }: ConsensusState): boolean {
  return isCftChange(point) && commitNum >= point.since;
}

/** Everybody has to be able to follow the change: it is not ended before there is a proof, which only both sets can give. */
export function mayEndChange(state: ConsensusState, out: Output, leadership: Leadership): boolean {
  const { certify } = leadership;
  if (!isOver(state) || isProved(state)) {
    certify.unprovedSinceMs = undefined;
    return true;
  }
  const nowMs = out.now.monotonicMs;
  certify.unprovedSinceMs ??= nowMs;
  const patienceMs = patienceTimeouts * state.config.electionTimeoutMsMax;
  certify.gaveUpAt =
    nowMs - certify.unprovedSinceMs >= patienceMs ? state.consensus.point.since : 0;
  return certify.gaveUpAt > 0;
}

/** What blocks say is final: not that a change is, while its proof is still being made, because that would end it. */
export function finalToTell(state: ConsensusState): number {
  const { leadership, commitNum } = state;
  const { since } = state.consensus.point;
  if (!isOver(state) || isProved(state) || leadership?.certify.gaveUpAt === since) return commitNum;
  return since - 1;
}

function isProved({ bft, consensus }: ConsensusState): boolean {
  return bft.certifiedNum >= consensus.point.since;
}
