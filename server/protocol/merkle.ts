import { concatBytes, sha256, toHex, zeroChecksum } from "./hashes.ts";
import { checksumOf, type Checksum } from "./ids.ts";

const leafPrefix = Uint8Array.of(0);
const branchPrefix = Uint8Array.of(1);

/**
 * psibase's Merkle accumulator: a leaf is sha256(00 || item), a branch sha256(01 || left || right), and what has no
 * sibling moves up as it is. `subtrees[i]` is the root of a full tree of 2^i leaves, where the count has that bit.
 */
export type MerkleAccumulator = {
  readonly leaves: number;
  readonly subtrees: readonly (Uint8Array | undefined)[];
};

export const emptyMerkle: MerkleAccumulator = { leaves: 0, subtrees: [] };

/** The root over packed items in order; 32 zero bytes for none. */
export function merkleRoot(items: readonly Uint8Array[]): Checksum {
  let level = items.map(merkleLeaf);
  if (level.length === 0) return zeroChecksum;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      if (left !== undefined) above.push(right === undefined ? left : merkleBranch(left, right));
    }
    level = above;
  }
  const [root] = level;
  return root === undefined ? zeroChecksum : checksumOf(toHex(root));
}

/** The root of a full subtree of 2^height leaves, the `index`-th of its height from the left. */
export type MerkleNode = {
  readonly height: number;
  readonly index: number;
  readonly hash: Uint8Array;
};

/** The accumulator with one more packed item at its end. */
export function pushMerkle(tree: MerkleAccumulator, item: Uint8Array): MerkleAccumulator {
  return growMerkle(tree, item).tree;
}

/** Like `pushMerkle`, with every full subtree that the item completes: from them paths can be made later. */
export function growMerkle(
  { leaves, subtrees: before }: MerkleAccumulator,
  item: Uint8Array,
): { readonly tree: MerkleAccumulator; readonly nodes: readonly MerkleNode[] } {
  const subtrees = [...before];
  let hash = merkleLeaf(item);
  let [height, index] = [0, leaves];
  const nodes = [{ height, index, hash }];
  for (let left = subtrees[height]; left !== undefined; left = subtrees[height]) {
    hash = merkleBranch(left, hash);
    subtrees[height] = undefined;
    height++;
    index = Math.floor(index / 2);
    nodes.push({ height, index, hash });
  }
  subtrees[height] = hash;
  return { tree: { leaves: leaves + 1, subtrees }, nodes };
}

export function accumulatedRoot(tree: MerkleAccumulator): Checksum {
  let root: Uint8Array | undefined;
  for (const subtree of tree.subtrees) {
    if (subtree !== undefined) root = root === undefined ? subtree : merkleBranch(subtree, root);
  }
  return root === undefined ? zeroChecksum : checksumOf(toHex(root));
}

export function merkleLeaf(item: Uint8Array): Uint8Array {
  return sha256(concatBytes(leafPrefix, item));
}

export function merkleBranch(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(branchPrefix, left, right));
}
