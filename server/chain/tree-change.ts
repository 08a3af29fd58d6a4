import { sha256 } from "@kith/protocol/hashes";
import { addressHash } from "@kith/protocol/row-proof";

import type { Change } from "./overlay.ts";
import type { RowChange } from "./state-tree.ts";

/** Index entries follow from the rows, so only the rows themselves are in the state tree and in snapshots. */
export function isPrimary(change: Change): boolean {
  return change.place.address.space % 16 === 0;
}

export function treeChange({ place, row }: Change): RowChange {
  const hash = addressHash(place.address);
  return row === undefined ? { addressHash: hash } : { addressHash: hash, rowHash: sha256(row) };
}
