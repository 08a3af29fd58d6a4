import { compareBytes, equalBytes } from "./hashes.ts";
import { leafBytes } from "./node-draft.ts";
import { err, ok, type Result } from "./result.ts";
import {
  childAt,
  hashNode,
  isNode,
  nibbleAt,
  type TreeChild,
  type TreeNode,
} from "./state-tree-node.ts";
import { Subtrees, type LeafSpan, type OnTreeNode, type TreeLeaves } from "./subtree.ts";

/**
 * Rows of state in the order of their address hashes (`addressHash`): those from `from` on and before `to`, 32 bytes
 * each; without `to` all that follow.
 */
export type StateRange = { readonly from: Uint8Array; readonly to?: Uint8Array };

/**
 * Shows that a range of rows is whole: the nodes of the state tree that hold rows of the range and may hold others, which are
 * those on the way to `from` and to `to`, in the order in which a walk from the root meets them.
 */
export type RangeProof = readonly Uint8Array[];

export type ProvedRange = {
  readonly range: StateRange;
  readonly leaves: TreeLeaves;
  readonly proof: RangeProof;
};

/** Nodes on the ways to two addresses, one for each four bits at most. */
export const rangeProofNodesMax: number = 128;

export type StateRangeError =
  /** `from` and `to` are not two address hashes in their order. */
  | { readonly code: "range-bounds-wrong" }
  /** Rows come twice, in another order, or from outside of the range. */
  | { readonly code: "range-rows-unordered"; readonly at: number }
  /** A node of the proof is missing, left over, or not the one that the state has there. */
  | { readonly code: "range-proof-wrong"; readonly node: number }
  /** The state has other rows in this range: one more, one less, or a different one. */
  | { readonly code: "range-rows-wrong" };

const addressBytes = 32;

/**
 * Whether `leaves` are all rows of the range in the state with this root (a header's `stateRoot`, 32 bytes): none is missing,
 * none is added. `onNode` hears of every node that holds rows of the range, also when it turns out that they are wrong.
 */
export function verifyStateRange(
  root: Uint8Array,
  proved: ProvedRange,
  onNode?: OnTreeNode,
): Result<undefined, StateRangeError> {
  const { range, leaves } = proved;
  const fault = checkBounds(range) ?? checkOrder(range, leaves);
  return fault === undefined ? new RangeWalk(proved, onNode).check(root) : err(fault);
}

function checkBounds({ from, to }: StateRange): StateRangeError | undefined {
  const isRange = to === undefined || (to.length === addressBytes && compareBytes(from, to) < 0);
  return from.length === addressBytes && isRange ? undefined : { code: "range-bounds-wrong" };
}

function checkOrder(
  { from, to }: StateRange,
  { count, bytes }: TreeLeaves,
): StateRangeError | undefined {
  let before: Uint8Array | undefined;
  for (let at = 0; at < count; at++) {
    const address = bytes.subarray(at * leafBytes, at * leafBytes + addressBytes);
    const isBehind =
      before === undefined ? compareBytes(address, from) >= 0 : compareBytes(address, before) > 0;
    if (!isBehind) return { code: "range-rows-unordered", at };
    before = address;
  }
  if (before !== undefined && to !== undefined && compareBytes(before, to) >= 0) {
    return { code: "range-rows-unordered", at: count - 1 };
  }
  return undefined;
}

/** The bounds of the range that a walk may still meet; inside of the range there are none. */
type Ways = { readonly toFrom: boolean; readonly toEnd: boolean };

type Visit = { readonly depth: number; readonly ways: Ways; readonly span: LeafSpan };

/** Walks from the root down, along the bounds: whatever is met is proved by its hash in the node above. */
class RangeWalk {
  private readonly range: StateRange;
  private readonly leaves: TreeLeaves;
  private readonly proof: RangeProof;
  private readonly onNode: OnTreeNode | undefined;
  private readonly subtrees: Subtrees;
  /** The way to where the walk is. */
  private readonly path = new Uint8Array(addressBytes);
  private used = 0;

  constructor({ range, leaves, proof }: ProvedRange, onNode: OnTreeNode | undefined) {
    this.range = range;
    this.leaves = leaves;
    this.proof = proof;
    this.onNode = onNode;
    this.subtrees = new Subtrees(leaves, onNode);
  }

  check(root: Uint8Array): Result<undefined, StateRangeError> {
    const { range, leaves, proof } = this;
    const all = { first: 0, end: leaves.count };
    const ways = { toFrom: !isZeroFrom(range.from, 0), toEnd: range.to !== undefined };
    const branch = { kind: "branch", hash: root } as const;
    const fault = this.visit(branch, { depth: 0, ways, span: all });
    if (fault !== undefined) return err(fault);
    if (this.used === proof.length) return ok(undefined);
    return err({ code: "range-proof-wrong", node: this.used });
  }

  /** A node, and the leaves that have to be below it. */
  private visit(
    branch: Extract<TreeChild, { kind: "branch" }>,
    { depth, ways, span }: Visit,
  ): StateRangeError | undefined {
    if (!ways.toFrom && !ways.toEnd) {
      if (span.first === span.end && depth > 0) return { code: "range-rows-wrong" };
      const hash = this.subtrees.hashOf(span, depth);
      return equalBytes(hash, branch.hash) ? undefined : { code: "range-rows-wrong" };
    }
    const node = this.proof[this.used];
    if (node === undefined || !isNode(node) || !equalBytes(hashNode(node), branch.hash)) {
      return { code: "range-proof-wrong", node: this.used };
    }
    this.used++;
    this.onNode?.(depth, { bytes: this.path, at: 0 }, node);
    return this.visitPlaces(node, { depth, ways, span });
  }

  private visitPlaces(node: TreeNode, { depth, ways, span }: Visit): StateRangeError | undefined {
    let at = span.first;
    for (let place = 0; place < 16; place++) {
      const isHere = at < span.end && this.subtrees.placeOf(at, depth) === place;
      const end = isHere ? this.subtrees.endOfPlace({ first: at, end: span.end }, depth) : at;
      const below = this.waysThrough(place, depth, ways);
      const child = childAt(node, place);
      this.setPath(depth, place);
      const fault = this.checkChild(child, { depth: depth + 1, ways: below, first: at, end });
      if (fault !== undefined) return fault;
      at = end;
    }
    this.setPath(depth, 0);
    return undefined;
  }

  /** Undefined: everything in this place is outside of the range. */
  private waysThrough(place: number, depth: number, { toFrom, toEnd }: Ways): Ways | undefined {
    const { from, to } = this.range;
    const fromPlace = toFrom ? nibbleAt(from, depth) : 0;
    if (toFrom && place < fromPlace) return undefined;
    const endPlace = toEnd && to !== undefined ? nibbleAt(to, depth) : 16;
    if (place > endPlace) return undefined;
    const onEnd = place === endPlace;
    // Nothing in this place comes before `to`, or everything comes behind `from`.
    if (onEnd && to !== undefined && isZeroFrom(to, depth + 1)) return undefined;
    const onFrom = toFrom && place === fromPlace && !isZeroFrom(from, depth + 1);
    return { toFrom: onFrom, toEnd: onEnd };
  }

  private checkChild(
    child: TreeChild | undefined,
    wanted: { depth: number; ways: Ways | undefined; first: number; end: number },
  ): StateRangeError | undefined {
    const { depth, ways, first, end } = wanted;
    if (child?.kind === "branch" && ways !== undefined) {
      return this.visit(child, { depth, ways, span: { first, end } });
    }
    const isRow = child?.kind === "leaf" && ways !== undefined && this.isInRange(child.addressHash);
    const rows = end - first;
    if (!isRow) return rows === 0 ? undefined : { code: "range-rows-wrong" };
    return rows === 1 && this.isLeaf(first, child) ? undefined : { code: "range-rows-wrong" };
  }

  private isInRange(address: Uint8Array): boolean {
    const { from, to } = this.range;
    return compareBytes(address, from) >= 0 && (to === undefined || compareBytes(address, to) < 0);
  }

  private isLeaf(at: number, leaf: Extract<TreeChild, { kind: "leaf" }>): boolean {
    const own = this.leaves.bytes.subarray(at * leafBytes, (at + 1) * leafBytes);
    return (
      equalBytes(own.subarray(0, addressBytes), leaf.addressHash) &&
      equalBytes(own.subarray(addressBytes), leaf.rowHash)
    );
  }

  private setPath(depth: number, place: number): void {
    const before = this.path[depth >> 1] ?? 0;
    this.path[depth >> 1] = (depth & 1) === 0 ? place << 4 : (before & 0xf0) | place;
  }
}

/** Whether all bits from this depth on are zero. */
function isZeroFrom(address: Uint8Array, depth: number): boolean {
  const at = depth >> 1;
  const first = address[at] ?? 0;
  if (((depth & 1) === 0 ? first : first & 0x0f) !== 0) return false;
  for (let i = at + 1; i < address.length; i++) if (address[i] !== 0) return false;
  return true;
}
