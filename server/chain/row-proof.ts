import { bytesOfTrustedHex, equalBytes, sha256 } from "@kith/protocol/hashes";
import type { BlockNum } from "@kith/protocol/ids";
import { addressHash, provedRowHash, type RowProof } from "@kith/protocol/row-proof";

import type { Applied, RowAddress, StateStore } from "./ports.ts";
import type { StateTree } from "./state-tree.ts";

/** A row as it is now (left out: there is none), and the proof of that against the roots `at` a height. */
export type ProvedRow = {
  readonly row?: Uint8Array;
  readonly proof: RowProof;
  readonly at: Applied;
};

/**
 * Proves the row as it is now at the newest height that `isWanted` and at which it was the same; at the applied height
 * when there is none. Undefined before anything is applied.
 */
export function proveRow(
  parts: { readonly state: StateStore; readonly tree: StateTree },
  address: RowAddress,
  isWanted: (num: BlockNum) => boolean,
): ProvedRow | undefined {
  const { state, tree } = parts;
  const applied = state.applied();
  if (applied === undefined) return undefined;
  const row = state.getRow(address);
  const hash = addressHash(address);
  const wanted = (at: Applied, proof: RowProof): ProvedRow =>
    row === undefined ? { proof, at } : { row, proof, at };
  for (const num of tree.history.heights(applied.num)) {
    const at = isWanted(num) ? state.appliedAt(num) : undefined;
    if (at === undefined) continue;
    const proof = tree.nodesTowards(hash, num);
    const rowHash = provedRowHash(bytesOfTrustedHex(at.stateRoot), hash, proof);
    if (isSame(rowHash, row)) return wanted(at, proof);
  }
  return wanted(applied, tree.nodesTowards(hash));
}

function isSame(rowHash: ReturnType<typeof provedRowHash>, row: Uint8Array | undefined): boolean {
  if (rowHash === undefined || rowHash === "absent")
    return rowHash === "absent" && row === undefined;
  return row !== undefined && equalBytes(rowHash, sha256(row));
}
