import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { branchUpTo, pointBehind, replaceTail } from "./branch.ts";
import { certificateHoldsUnder, isBetter, isBoundBehind, orderOf } from "./lock.ts";
import { isVoter } from "./rules.ts";
import { wantTerm } from "./terms.ts";

/**
 * Blocks up to the root of a view that this node waits for, or up to one that it should lead from: nothing of its own log goes
 * before the certificate is checked.
 */
export function takeProved(
  state: ConsensusState,
  out: Output,
  blocks: readonly SealedBlock[],
): void {
  const { bft, log } = state;
  const tip = blocks.at(-1);
  const isBound = isVoter(state) && (bft.root !== undefined || bft.rootBefore !== undefined);
  if (tip === undefined || isBound) return;
  const certificate = lackingRoots(state).find(({ id }) => id === tip.id);
  if (certificate === undefined || log.idAt(certificate.num) === certificate.id) return;
  const branch = branchUpTo(state, blocks, certificate.num);
  if (branch === undefined || isBoundBehind(state, branch.fromNum, certificate)) return;
  const { term } = tip.header;
  if (certificateHoldsUnder(state, certificate, { term, point: pointBehind(state, branch) })) {
    wantTerm(state, certificate.term);
    replaceTail(state, out, branch);
  }
}

/**
 * Somebody who does not vote may be one of those who are to: the block that says so was prepared when it was away, and without it the
 * term that follows cannot begin.
 */
export function lacksRoot(state: ConsensusState, certificate: Certificate): boolean {
  const { bft, log } = state;
  if (isVoter(state) || log.idAt(certificate.num) === certificate.id) return false;
  return certificate.num > state.commitNum && isBetter(certificate, orderOf(bft.lock));
}

/** What a view of this term stands on, and what this node may have committed and forgotten. */
function lackingRoots(state: ConsensusState): readonly Certificate[] {
  const { bft, term, memory } = state;
  const roots: Certificate[] = [];
  if (memory.kind === "asking") {
    for (const { lock } of memory.answers.values()) if (lock !== undefined) roots.push(lock);
  }
  if (bft.awaited?.certificate !== undefined) roots.push(bft.awaited.certificate);
  for (const { view, certificate } of bft.views.values()) {
    if (certificate === undefined) continue;
    if (view.term === term || !isVoter(state)) roots.push(certificate);
  }
  return roots;
}
