import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { branchUpTo, pointBehind, replaceTail } from "./branch.ts";
import { certificateHoldsUnder, isBoundBehind } from "./lock.ts";

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
  if (tip === undefined || bft.root !== undefined || bft.rootBefore !== undefined) return;
  const certificate = lackingRoots(state).find(({ id }) => id === tip.id);
  if (certificate === undefined || log.idAt(certificate.num) === certificate.id) return;
  const branch = branchUpTo(state, blocks, certificate.num);
  if (branch === undefined || isBoundBehind(state, branch.fromNum, certificate)) return;
  const { term } = tip.header;
  if (certificateHoldsUnder(state, certificate, { term, point: pointBehind(state, branch) })) {
    replaceTail(state, out, branch);
  }
}

/** What a view of this term stands on, and what this node may have committed and forgotten. */
function lackingRoots({ bft, term, memory }: ConsensusState): readonly Certificate[] {
  const roots: Certificate[] = [];
  if (memory.kind === "asking") {
    for (const { lock } of memory.answers.values()) if (lock !== undefined) roots.push(lock);
  }
  if (bft.awaited?.certificate !== undefined) roots.push(bft.awaited.certificate);
  for (const { view, certificate } of bft.views.values()) {
    if (view.term === term && certificate !== undefined) roots.push(certificate);
  }
  return roots;
}
