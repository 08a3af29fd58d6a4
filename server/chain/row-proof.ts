import { equalBytes, sha256 } from "@kith/protocol/hashes";

import type { StateTree } from "./state-tree.ts";
import { childAt, hashNode, isNode, nibbleAt } from "./tree-node.ts";

/** The nodes of the state tree from the root to where a row is, or would be. */
export type RowProof = readonly Uint8Array[];

export function proveRow(tree: StateTree, addressHash: Uint8Array): RowProof {
  return tree.nodesTowards(addressHash);
}

/** Whether the state with this root has exactly this row at the address; `undefined`: has none there. */
export function verifyRowProof(
  root: Uint8Array,
  addressHash: Uint8Array,
  proof: RowProof,
  row: Uint8Array | undefined,
): boolean {
  let expected = root;
  for (const [depth, node] of proof.entries()) {
    if (!isNode(node) || !equalBytes(hashNode(node), expected)) return false;
    const child = childAt(node, nibbleAt(addressHash, depth));
    if (child?.kind === "branch") {
      expected = child.hash;
      continue;
    }
    if (depth !== proof.length - 1) return false;
    const there = child !== undefined && equalBytes(child.addressHash, addressHash);
    if (row === undefined) return !there;
    return there && equalBytes(child.rowHash, sha256(row));
  }
  return false;
}
