import { leafBytes, NodeDraft } from "./node-draft.ts";
import { hashNode, type TreeNode } from "./state-tree-node.ts";

/**
 * Rows as the state tree knows them: 64 bytes each, address hash and row hash, one behind the other and ascending by
 * address hash.
 */
export type TreeLeaves = { readonly count: number; readonly bytes: Uint8Array };

/** Some of the leaves: from `first` on and before `end`. */
export type LeafSpan = { readonly first: number; readonly end: number };

/**
 * Hears of a node that stands at `depth` on the way to the address whose hash begins at `at` of `bytes`. Nothing of it may be
 * kept: the memory is used again for the next node.
 */
export type OnTreeNode = (
  depth: number,
  address: { readonly bytes: Uint8Array; readonly at: number },
  node: TreeNode,
) => void;

/** Computes parts of the state tree from their rows alone. */
export class Subtrees {
  private readonly leaves: TreeLeaves;
  private readonly onNode: OnTreeNode | undefined;
  private readonly drafts: NodeDraft[] = [];

  constructor(leaves: TreeLeaves, onNode?: OnTreeNode) {
    this.leaves = leaves;
    this.onNode = onNode;
  }

  /** The hash of the node at `depth` that holds these leaves and no others: all of them agree before that depth. */
  hashOf({ first, end }: LeafSpan, depth: number): Uint8Array {
    const draft = (this.drafts[depth] ??= new NodeDraft());
    draft.clear();
    for (let at = first; at < end;) {
      const next = this.endOfPlace({ first: at, end }, depth);
      const place = this.placeOf(at, depth);
      if (next - at === 1) draft.addLeaf(place, this.leaves.bytes, at * leafBytes);
      else draft.addBranch(place, this.hashOf({ first: at, end: next }, depth + 1));
      at = next;
    }
    const node = draft.node();
    this.onNode?.(depth, { bytes: this.leaves.bytes, at: first * leafBytes }, node);
    return hashNode(node);
  }

  /** Where those leaves of the span end that stand in the same place at `depth` as its first. */
  endOfPlace({ first, end }: LeafSpan, depth: number): number {
    const place = this.placeOf(first, depth);
    let at = first + 1;
    while (at < end && this.placeOf(at, depth) === place) at++;
    return at;
  }

  /** The place of a leaf in a node at this depth. */
  placeOf(leaf: number, depth: number): number {
    const byte = this.leaves.bytes[leaf * leafBytes + (depth >> 1)] ?? 0;
    return (depth & 1) === 0 ? byte >> 4 : byte & 0x0f;
  }
}
