import { compareBytes, equalBytes, latin1Of } from "@kith/protocol/hashes";
import type { BlockNum } from "@kith/protocol/ids";
import {
  childAt,
  emptyNode,
  hashNode,
  isBranchAt,
  isNode,
  nibbleAt,
  onlyChild,
  withPlaces,
  type PlaceChange,
  type TreeChild,
  type TreeNode,
} from "@kith/protocol/state-tree-node";

import { BrokenInvariant } from "./errors.ts";
import { treeNodesCachedMax } from "./limits.ts";
import type { StateStore } from "./ports.ts";
import { TreeHistory } from "./tree-history.ts";
import { rootPath, treePath } from "./tree-path.ts";
import { TwoGenerations } from "./two-generations.ts";

/** A row that changed: the hash of where it is, and of what it is now; without `rowHash` it is gone. */
export type RowChange = { readonly addressHash: Uint8Array; readonly rowHash?: Uint8Array };

/** Where nodes are kept, by path: the depth, then that many nibbles of the address hash. */
export type TreeNodes = Pick<StateStore, "getTreeNode" | "putTreeNode" | "removeTreeNode">;

/**
 * The authenticated map over all rows: a radix tree of sixteen places a node over the sha256 of each row's address.
 * A row stands in the first node where no other row shares its way, so the same rows give the same tree and root,
 * whatever happened before. Only the root may hold fewer than two rows.
 */
export class StateTree {
  /** What blocks have replaced lately. */
  readonly history: TreeHistory = new TreeHistory();
  private readonly nodes: TreeNodes;
  private readonly cache = new TwoGenerations<string, TreeNode>(treeNodesCachedMax);

  constructor(nodes: TreeNodes) {
    this.nodes = nodes;
  }

  /** Writes all changes at once, each touched node once, and returns the new root. Addresses are distinct. */
  update(changes: readonly RowChange[]): Uint8Array {
    const sorted = changes.toSorted((a, b) => compareBytes(a.addressHash, b.addressHash));
    const root = this.readNode(rootPath);
    return this.writeNode(rootPath, this.merged(root ?? emptyNode, 0, sorted), root);
  }

  root(): Uint8Array {
    return hashNode(this.readNode(rootPath) ?? emptyNode);
  }

  /**
   * The nodes from the root to where this address is or would be, as bytes: a proof against the root, or against the
   * root after block `at`, which is one of `history.heights`.
   */
  nodesTowards(addressHash: Uint8Array, at?: BlockNum): readonly Uint8Array[] {
    const way: Uint8Array[] = [];
    for (let depth = 0; ; depth++) {
      const path = treePath(addressHash, depth);
      const before = at === undefined ? undefined : this.history.nodeAt(at, latin1Of(path));
      const node = before === undefined ? this.readNode(path) : before.node;
      if (node === undefined && depth > 0) throw missingNode(depth);
      way.push(node ?? emptyNode);
      const child = node === undefined ? undefined : childAt(node, nibbleAt(addressHash, depth));
      if (child?.kind !== "branch") return way;
    }
  }

  /** Forgets what is in memory, after the store went back to an earlier state. */
  reset(): void {
    this.history.clear();
    this.cache.clear();
  }

  private merged(node: TreeNode, depth: number, changes: readonly RowChange[]): TreeNode {
    const places: PlaceChange[] = [];
    let from = 0;
    while (from < changes.length) {
      const first = changes[from];
      if (first === undefined) break;
      const place = nibbleAt(first.addressHash, depth);
      let to = from + 1;
      for (let next = changes[to]; next !== undefined; next = changes[++to]) {
        if (nibbleAt(next.addressHash, depth) !== place) break;
      }
      const inPlace = from === 0 && to === changes.length ? changes : changes.slice(from, to);
      const child = isBranchAt(node, place)
        ? this.mergedBranch(depth + 1, inPlace)
        : this.grownChild(depth + 1, withLeaf(inPlace, childAt(node, place)));
      places.push({ place, child });
      from = to;
    }
    return withPlaces(node, places);
  }

  private mergedBranch(depth: number, changes: readonly RowChange[]): TreeChild | undefined {
    const [first] = changes;
    const path = first === undefined ? rootPath : treePath(first.addressHash, depth);
    const node = this.readNode(path);
    if (node === undefined) throw missingNode(depth);
    const merged = this.merged(node, depth, changes);
    const only = onlyChild(merged);
    if (only === "several") return { kind: "branch", hash: this.writeNode(path, merged, node) };
    this.removeNode(path, node);
    return only;
  }

  /** What stands in a place that had no node: nothing, one row, or a new node for several. */
  private grownChild(depth: number, changes: readonly RowChange[]): TreeChild | undefined {
    const [first] = changes;
    if (first?.rowHash === undefined) return undefined;
    if (changes.length === 1) {
      return { kind: "leaf", addressHash: first.addressHash, rowHash: first.rowHash };
    }
    const node = this.merged(emptyNode, depth, changes);
    return {
      kind: "branch",
      hash: this.writeNode(treePath(first.addressHash, depth), node, undefined),
    };
  }

  private readNode(path: Uint8Array): TreeNode | undefined {
    const name = latin1Of(path);
    const known = this.cache.get(name);
    if (known !== undefined) return known;
    const node = this.nodes.getTreeNode(path);
    if (node === undefined) return undefined;
    if (!isNode(node)) throw new BrokenInvariant("state tree: a stored node is unreadable");
    this.cache.set(name, node);
    return node;
  }

  private writeNode(path: Uint8Array, node: TreeNode, before: TreeNode | undefined): Uint8Array {
    const name = latin1Of(path);
    this.history.note(name, before);
    this.cache.set(name, node);
    this.nodes.putTreeNode(path, node);
    return hashNode(node);
  }

  private removeNode(path: Uint8Array, before: TreeNode): void {
    const name = latin1Of(path);
    this.history.note(name, before);
    this.cache.delete(name);
    this.nodes.removeTreeNode(path);
  }
}

/** The rows that are left of `changes` and the row that stood here before, in order. */
function withLeaf(changes: readonly RowChange[], leaf: TreeChild | undefined): RowChange[] {
  const left = changes.filter((change) => change.rowHash !== undefined);
  if (leaf?.kind !== "leaf") return left;
  if (changes.some((change) => equalBytes(change.addressHash, leaf.addressHash))) return left;
  return [...left, leaf].toSorted((a, b) => compareBytes(a.addressHash, b.addressHash));
}

function missingNode(depth: number): BrokenInvariant {
  return new BrokenInvariant(`state tree: a node at depth ${depth} is missing`);
}
