import { verifyEventProof, type EventProof, type EventProofError } from "./event-proof.ts";
import type { ProvedEvent } from "./event-proof.ts";
import { bytesOfTrustedHex } from "./hashes.ts";
import type { ProvedHeader } from "./light-client.ts";
import { err, ok, type Result } from "./result.ts";
import { addressHash, verifyRowProof, type RowAddress, type RowProof } from "./row-proof.ts";

export type RowProofError =
  /** The state that the header tells of has not this row at the address, or the proof is none. */
  { readonly code: "row-not-proved" };

/**
 * The packed row at an address in the state after block `header.executedNum`, as a proved header tells it; `undefined`
 * that there was none (decision 0048).
 */
export function provedRow(
  { header }: ProvedHeader,
  address: RowAddress,
  { row, proof }: { readonly row: Uint8Array | undefined; readonly proof: RowProof },
): Result<Uint8Array | undefined, RowProofError> {
  const root = bytesOfTrustedHex(header.stateRoot);
  if (verifyRowProof(root, addressHash(address), proof, row)) return ok(row);
  return err({ code: "row-not-proved" });
}

/** The event that happened in block `executedNum` or before, as a proved header tells it. */
export function provedEvent(
  { header }: ProvedHeader,
  proof: EventProof,
): Result<ProvedEvent, EventProofError> {
  return verifyEventProof(header.eventRoot, proof);
}
