import type { Certificate } from "@kith/protocol/certificate";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";

/** The certificate goes to the disk; only then does this node commit (bft.md, rule 1, and never forgetting it). */
export function lockOn(state: ConsensusState, out: Output, certificate: Certificate): void {
  const { bft } = state;
  bft.lock = certificate;
  const write = out.writeBallot();
  if (certificate.term !== state.term) return;
  const place = { num: certificate.num, id: certificate.id };
  bft.locksWritten.push({ write, place });
}

/** Called when writes became durable. */
export function noteLocksWritten(state: ConsensusState): void {
  const { bft, writes } = state;
  for (;;) {
    const [first] = bft.locksWritten;
    if (first === undefined || first.write > writes.durable) return;
    bft.locksWritten.shift();
    // Each is better than the one before, and so, in one term, for a higher block.
    bft.committed = first.place;
  }
}
