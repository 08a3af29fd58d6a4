import { latin1Of } from "@kith/protocol/hashes";
import { leafBytes, NodeDraft } from "@kith/protocol/node-draft";
import type { RangeProof, StateRange } from "@kith/protocol/state-range";
import { hashNode, nibbleAt } from "@kith/protocol/state-tree-node";

import { treePath } from "./tree-path.ts";

/**
 * The state tree of rows that come in the order of their address hashes, computed in one pass and with little memory.
 * Of its nodes it keeps those on the ways to bounds, which are what proofs of ranges between bounds are made of.
 */
export class SortedTree {
  /** The nodes on the way to the row that came last, and the children that they have so far. */
  private readonly open: NodeDraft[] = [new NodeDraft()];
  /** How many of them, from the root on, hold a bound somewhere. */
  private bounded = 1;
  private depth = 0;
  private last: Uint8Array | undefined;
  private lastIsBound = false;
  /** How deep the row that came last stands at least, for the sake of the one before it. */
  private lastDepth = 0;
  private readonly kept = new Map<string, Uint8Array>();
  private root: Uint8Array = new Uint8Array();

  /**
   * The next row, 64 bytes of address hash and row hash; they are copied. `isBound`: a range begins with it. Throws when the
   * address does not come behind the one before.
   */
  add(leaf: Uint8Array, isBound: boolean): void {
    const shared = this.last === undefined ? 0 : sharedNibbles(this.last, leaf);
    if (this.last !== undefined) {
      this.openTo(shared);
      this.placeLast(Math.max(this.lastDepth, shared));
      this.closeTo(shared);
    }
    this.last = leaf.slice();
    this.lastDepth = shared;
    this.lastIsBound = isBound;
    if (isBound) this.bounded = Math.max(this.bounded, shared + 1);
  }

  /** After the last row: the root. */
  end(): Uint8Array {
    if (this.last !== undefined) this.placeLast(this.lastDepth);
    this.closeTo(-1);
    return this.root;
  }

  /** After `end`: the proof of the range between two bounds that were told, or from the first row, or to the last. */
  proofOf({ from, to }: StateRange): RangeProof {
    const toFrom = from.every((byte) => byte === 0) ? [] : this.nodesTowards(from);
    const toEnd = to === undefined ? [] : this.nodesTowards(to);
    return [...toFrom, ...toEnd.filter((node, depth) => node !== toFrom[depth])];
  }

  private nodesTowards(bound: Uint8Array): readonly Uint8Array[] {
    const nodes: Uint8Array[] = [];
    for (let depth = 0; depth < 2 * bound.length; depth++) {
      const node = this.kept.get(latin1Of(treePath(bound, depth)));
      if (node === undefined) break;
      nodes.push(node);
    }
    return nodes;
  }

  /** The way to the row before goes on as far as the next row shares it. */
  private openTo(depth: number): void {
    while (this.depth < depth) {
      this.depth++;
      (this.open[this.depth] ??= new NodeDraft()).clear();
      if (this.lastIsBound) this.bounded = this.depth + 1;
    }
  }

  private placeLast(depth: number): void {
    if (this.last === undefined) return;
    this.open[depth]?.addLeaf(nibbleAt(this.last, depth), this.last, 0);
  }

  /** No further row stands in nodes that are deeper. */
  private closeTo(depth: number): void {
    const way = this.last ?? new Uint8Array(leafBytes);
    for (; this.depth > depth; this.depth--) {
      const node = this.open[this.depth]?.node() ?? new Uint8Array();
      if (this.depth < this.bounded) {
        this.kept.set(latin1Of(treePath(way, this.depth)), node.slice());
        this.bounded = this.depth;
      }
      const hash = hashNode(node);
      if (this.depth === 0) this.root = hash;
      else this.open[this.depth - 1]?.addBranch(nibbleAt(way, this.depth - 1), hash);
    }
  }
}

/** How many nibbles two addresses share at their beginning. */
function sharedNibbles(before: Uint8Array, next: Uint8Array): number {
  for (let at = 0; at < leafBytes / 2; at++) {
    const [a, b] = [before[at] ?? 0, next[at] ?? 0];
    if (a === b) continue;
    if (a > b) break;
    return 2 * at + (a >> 4 === b >> 4 ? 1 : 0);
  }
  throw new RangeError("rows of a sorted tree do not ascend");
}
