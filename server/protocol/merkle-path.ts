import { merkleBranch } from "./merkle.ts";

/** Which leaf of how many: together they say on which side of the path each sibling stands. */
export type LeafPlace = {
  /** From 0. */
  readonly index: number;
  readonly count: number;
};

/** Siblings on the way up in a tree of as many leaves as a `u32` can count. */
export const merklePathHashesMax = 32;

/**
 * The siblings of a leaf from the bottom to the root of the tree that `merkleRoot` computes; `leaves` are hashes
 * (`merkleLeaf`), 32 bytes each. A level on which there is no sibling has none in the path.
 */
export function merklePath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  let at = index;
  for (let level = leaves; level.length > 1; level = levelAbove(level)) {
    const sibling = level[siblingOf(at)];
    if (sibling !== undefined) path.push(sibling);
    at = Math.floor(at / 2);
  }
  return path;
}

/**
 * The root (32 bytes) to which a leaf's hash leads along its path; undefined when the path does not have exactly the
 * hashes that this place needs.
 */
export function rootOfPath(
  leaf: Uint8Array,
  { index, count }: LeafPlace,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!Number.isInteger(index) || index < 0 || index >= count) return undefined;
  let hash = leaf;
  let at = index;
  let used = 0;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    if (siblingOf(at) < width) {
      const sibling = path[used++];
      if (sibling === undefined) return undefined;
      hash = at % 2 === 0 ? merkleBranch(hash, sibling) : merkleBranch(sibling, hash);
    }
    at = Math.floor(at / 2);
  }
  return used === path.length ? hash : undefined;
}

function siblingOf(index: number): number {
  return index % 2 === 0 ? index + 1 : index - 1;
}

function levelAbove(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]];
    if (left !== undefined) above.push(right === undefined ? left : merkleBranch(left, right));
  }
  return above;
}
