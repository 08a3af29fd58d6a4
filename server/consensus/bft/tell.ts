import { blockNumOf, type NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";

/** At most one question on the way for so long, unless an answer came. */
const askAgainMs = 100;

/** This node lacks something that the other has: final blocks, blocks of this term, or the view with which it began. */
export function askForChain(state: ConsensusState, out: Output, to: NodeId): void {
  const { bft, log, announcedNum } = state;
  const nowMs = out.now.monotonicMs;
  if (nowMs - bft.clock.chainAskedMs < askAgainMs) return;
  const id = log.idAt(announcedNum);
  if (id === undefined) return;
  bft.clock.chainAskedMs = nowMs;
  const final = { num: blockNumOf(announcedNum), id };
  const head = { num: blockNumOf(log.head.num), id: log.head.id };
  out.send(to, { kind: "chain-request", final, head }, 0);
}

/** How this term began: it proves itself, so anybody may pass it on. */
export function sendNewView(state: ConsensusState, out: Output, to: NodeId): void {
  const { newView, termWrite } = state.bft;
  if (newView !== undefined) out.send(to, { kind: "new-view", ...newView }, termWrite);
}
