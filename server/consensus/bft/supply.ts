import type { NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { askForChain } from "./tell.ts";

/** From whom this node gets the final blocks that it lacks: one node at a time, so that nothing comes twice (decision 0154). */
export type Supply = {
  node: NodeId | undefined;
  /** Since when it is this node, and until when others are not asked. */
  sinceMs: number;
  untilMs: number;
  /** When something was last asked of it, or came. */
  movedMs: number;
  /** How long it may take for the next part: longer where lines are slow. */
  patienceMs: number;
  /** Something has come from it, and the next part is not asked for yet. */
  isDue: boolean;
};

/** A part of the least view timeout: whoever is silent costs no more. */
const patiencePart = 1 / 2;
const patienceMsMax = 10_000;
/** The next part may take so many times as long as the last. */
const patienceTimes = 3;
/** Then it is another one's turn, or one that sends little on purpose could keep the others away. */
const turnMs = 30_000;

export function newSupply(): Supply {
  const atMs = { sinceMs: 0, untilMs: 0, movedMs: 0 };
  return { node: undefined, ...atMs, patienceMs: 0, isDue: false };
}

/** Whether somebody else brings what this node would ask `to` for. */
function isSupplied({ bft }: ConsensusState, out: Output, to: NodeId | undefined): boolean {
  const { node, untilMs, sinceMs } = bft.supply;
  const nowMs = out.now.monotonicMs;
  return node !== undefined && node !== to && nowMs < Math.min(untilMs, sinceMs + turnMs);
}

/** For what is final and lacks here: false when `to` was asked just now, or another node brings it. */
export function askForFinal(state: ConsensusState, out: Output, to: NodeId): boolean {
  return !isSupplied(state, out, to) && askForChain(state, out, to);
}

/** One after the other of those who say that more is final than this node knows. */
export function askWhoIsAhead(state: ConsensusState, out: Output): void {
  if (isSupplied(state, out, undefined)) return;
  const node = askOneOf(state, out, nodesAhead(state));
  if (node !== undefined) setSupplier(state, out, node);
}

/** The one who was asked. */
export function askOneOf(
  state: ConsensusState,
  out: Output,
  nodes: readonly NodeId[],
): NodeId | undefined {
  const { clock } = state.bft;
  for (let tried = 0; tried < nodes.length; tried += 1) {
    const node = nodes[clock.asked % nodes.length];
    clock.asked += 1;
    if (node !== undefined && askForFinal(state, out, node)) return node;
  }
  return undefined;
}

function nodesAhead({ bft, commitNum }: ConsensusState): readonly NodeId[] {
  const ahead: NodeId[] = [];
  for (const [node, num] of bft.finalClaimed) if (num > commitNum) ahead.push(node);
  return ahead;
}

function setSupplier({ bft, config }: ConsensusState, out: Output, node: NodeId): void {
  const { supply } = bft;
  const nowMs = out.now.monotonicMs;
  const least = config.viewTimeoutMsMin * patiencePart;
  supply.patienceMs = Math.max(supply.patienceMs, least);
  if (supply.node !== node || nowMs >= supply.sinceMs + turnMs) supply.sinceMs = nowMs;
  supply.node = node;
  supply.movedMs = nowMs;
  supply.untilMs = nowMs + supply.patienceMs;
}

/** Blocks came with a proof, and were of help: how long they took tells how long to wait for the next ones. */
export function noteSupplied(state: ConsensusState, out: Output, from: NodeId): void {
  const { bft } = state;
  if (nodesAhead(state).length === 0) {
    bft.supply = newSupply();
    return;
  }
  const { supply } = bft;
  const askedMs = supply.node === from ? supply.movedMs : bft.askedMs.get(from);
  const tookMs = out.now.monotonicMs - (askedMs ?? out.now.monotonicMs);
  const patienceMs = Math.max(tookMs * patienceTimes, supply.patienceMs / 2);
  supply.patienceMs = Math.min(patienceMsMax, patienceMs);
  setSupplier(state, out, from);
  supply.isDue = true;
}

/** The next part, as soon as the disk is not too far behind: at the end of each step. */
export function askSupplier(state: ConsensusState, out: Output): void {
  const { bft, log, announcedNum, commitNum, config } = state;
  const { supply } = bft;
  if (!supply.isDue || supply.node === undefined) return;
  if (announcedNum < commitNum && log.bytesBetween(announcedNum, commitNum) > config.windowBytes) {
    supply.untilMs = out.now.monotonicMs + supply.patienceMs;
    return;
  }
  supply.isDue = false;
  bft.askedMs.delete(supply.node);
  const claimed = bft.finalClaimed.get(supply.node) ?? 0;
  if (claimed > commitNum) askForChain(state, out, supply.node);
}
