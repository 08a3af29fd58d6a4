import { blockNumOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";

/**
 * At most one question to each node for so long, unless its answer helped: neither a liar's silence nor its answers keep
 * this node from asking others.
 */
const askAgainMs = 100;

/**
 * This node lacks something that the other has: final blocks, blocks of this term, or the view with which it began. False
 * when that one was asked just now.
 */
export function askForChain(state: ConsensusState, out: Output, to: NodeId): boolean {
  const { bft, log, commitNum } = state;
  const nowMs = out.now.monotonicMs;
  if (nowMs - (bft.askedMs.get(to) ?? Number.NEGATIVE_INFINITY) < askAgainMs) return false;
  const id = log.idAt(commitNum);
  if (id === undefined) return false;
  bft.askedMs.set(to, nowMs);
  const final = { num: blockNumOf(commitNum), id };
  const head = { num: blockNumOf(log.head.num), id: log.head.id };
  out.send(to, { kind: "chain-request", final, head }, 0);
  return true;
}

/** How this term began: it proves itself, so anybody may pass it on. */
export function sendNewView(state: ConsensusState, out: Output, to: NodeId): void {
  const { newView, termWrite, viewAsks } = state.bft;
  if (newView === undefined) return;
  const nowMs = out.now.monotonicMs;
  viewAsks.set(to, { sinceMs: nowMs, lastMs: nowMs });
  out.send(to, newView, termWrite);
}

/**
 * A quorum's word is long where many decide, and all of them hear whoever asks. So its leader answers at once, the others when
 * somebody still asks after a view timeout, and nobody says it twice in that time.
 */
export function answerNewView(state: ConsensusState, out: Output, to: NodeId): void {
  const { bft, config, role } = state;
  const nowMs = out.now.monotonicMs;
  const ask = bft.viewAsks.get(to);
  const isNew = ask === undefined || nowMs - ask.lastMs >= config.viewTimeoutMsMin;
  const sinceMs = isNew ? nowMs : ask.sinceMs;
  bft.viewAsks.set(to, { sinceMs, lastMs: nowMs });
  const isDue = isNew ? role === "leader" : nowMs - sinceMs >= config.viewTimeoutMsMin;
  if (isDue) sendNewView(state, out, to);
}
