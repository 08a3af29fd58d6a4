import { toHex } from "@kith/protocol/hashes";

import { isoOfMicroseconds } from "./iso-time.ts";
import type { EvidenceFound } from "./node-port.ts";

/** As JSON; the proof is in hex. */
export function evidenceBody({ foundMicros, proof, ...found }: EvidenceFound): object {
  return { ...found, found: isoOfMicroseconds(foundMicros), proof: toHex(proof) };
}
