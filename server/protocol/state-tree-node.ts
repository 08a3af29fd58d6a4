import { sha256 } from "./hashes.ts";

/** What stands in one of a node's sixteen places: one row, or the node that holds all rows from here on. */
export type TreeChild =
  | { readonly kind: "leaf"; readonly addressHash: Uint8Array; readonly rowHash: Uint8Array }
  | { readonly kind: "branch"; readonly hash: Uint8Array };

/** A place that gets another child, or none. */
export type PlaceChange = { readonly place: number; readonly child: TreeChild | undefined };

/**
 * Sixteen places, chosen by the next four bits of the address hash, as the bytes that are stored and hashed: format
 * byte 1, a bit for each place with a leaf, a bit for each place with a branch, then the children in order: address
 * hash and row hash of a leaf, hash of a branch. A node's hash is the sha256 of these bytes.
 */
export type TreeNode = Uint8Array;

const headerBytes = 5;
const hashBytes = 32;
const leafBytes = 2 * hashBytes;
const formatByte = 1;
/** A leaf in each of the sixteen places. */
export const stateTreeNodeBytesMax: number = headerBytes + 16 * leafBytes;

export const emptyNode: TreeNode = Uint8Array.of(formatByte, 0, 0, 0, 0);

/** Whether these bytes are a node: made by `withPlaces`, and by nothing else. */
export function isNode(bytes: Uint8Array): boolean {
  if (bytes.length < headerBytes || bytes[0] !== formatByte) return false;
  const [leaves, branches] = [leavesOf(bytes), branchesOf(bytes)];
  return (leaves & branches) === 0 && bytes.length === sizeOf(leaves, branches);
}

export function isBranchAt(node: TreeNode, place: number): boolean {
  return (branchesOf(node) & (1 << place)) !== 0;
}

export function childAt(node: TreeNode, place: number): TreeChild | undefined {
  const at = offsetOf(node, place);
  if (isBranchAt(node, place)) return { kind: "branch", hash: node.slice(at, at + hashBytes) };
  if ((leavesOf(node) & (1 << place)) === 0) return undefined;
  const addressHash = node.slice(at, at + hashBytes);
  return { kind: "leaf", addressHash, rowHash: node.slice(at + hashBytes, at + leafBytes) };
}

/** The one leaf of a node that has nothing else; `undefined`: it has nothing at all. */
export function onlyChild(node: TreeNode): TreeChild | "several" | undefined {
  const leaves = leavesOf(node);
  if (branchesOf(node) !== 0 || (leaves & (leaves - 1)) !== 0) return "several";
  return leaves === 0 ? undefined : childAt(node, 31 - Math.clz32(leaves));
}

/** A copy with other children in some places, which are in ascending order. */
export function withPlaces(node: TreeNode, changes: readonly PlaceChange[]): TreeNode {
  let leaves = leavesOf(node);
  let branches = branchesOf(node);
  for (const { place, child } of changes) {
    const bit = 1 << place;
    leaves = child?.kind === "leaf" ? leaves | bit : leaves & ~bit;
    branches = child?.kind === "branch" ? branches | bit : branches & ~bit;
  }
  if (leaves === leavesOf(node) && branches === branchesOf(node)) return replaced(node, changes);
  const bytes = new Uint8Array(sizeOf(leaves, branches));
  bytes[0] = formatByte;
  bytes[1] = leaves >> 8;
  bytes[2] = leaves & 0xff;
  bytes[3] = branches >> 8;
  bytes[4] = branches & 0xff;
  let at = headerBytes;
  let from = headerBytes;
  for (const { place, child } of changes) {
    const to = offsetOf(node, place);
    at = copyPart(bytes, at, { node, from, to });
    from = to + widthAt(node, place);
    at = putChild(bytes, at, child);
  }
  copyPart(bytes, at, { node, from, to: node.length });
  return bytes;
}

export function hashNode(node: TreeNode): Uint8Array {
  return sha256(node);
}

/** Four bits of an address hash: the place at this depth. */
export function nibbleAt(addressHash: Uint8Array, depth: number): number {
  const byte = addressHash[depth >> 1] ?? 0;
  return (depth & 1) === 0 ? byte >> 4 : byte & 0x0f;
}

/** Every place keeps its kind of child. */
function replaced(node: TreeNode, changes: readonly PlaceChange[]): TreeNode {
  const bytes = node.slice();
  for (const { place, child } of changes) putChild(bytes, offsetOf(node, place), child);
  return bytes;
}

type NodePart = { readonly node: TreeNode; readonly from: number; readonly to: number };

/** A loop: making a view of a few dozen bytes takes longer than copying them. */
function copyPart(bytes: Uint8Array, at: number, part: NodePart): number {
  const { node, from, to } = part;
  for (let i = from; i < to; i++) bytes[at + i - from] = node[i] ?? 0;
  return at + to - from;
}

function putChild(bytes: Uint8Array, at: number, child: TreeChild | undefined): number {
  if (child === undefined) return at;
  if (child.kind === "branch") {
    bytes.set(child.hash, at);
    return at + hashBytes;
  }
  bytes.set(child.addressHash, at);
  bytes.set(child.rowHash, at + hashBytes);
  return at + leafBytes;
}

function offsetOf(node: TreeNode, place: number): number {
  const below = (1 << place) - 1;
  return sizeOf(leavesOf(node) & below, branchesOf(node) & below);
}

function widthAt(node: TreeNode, place: number): number {
  const bit = 1 << place;
  if ((branchesOf(node) & bit) !== 0) return hashBytes;
  return (leavesOf(node) & bit) === 0 ? 0 : leafBytes;
}

function leavesOf(node: TreeNode): number {
  return ((node[1] ?? 0) << 8) | (node[2] ?? 0);
}

function branchesOf(node: TreeNode): number {
  return ((node[3] ?? 0) << 8) | (node[4] ?? 0);
}

function sizeOf(leaves: number, branches: number): number {
  return headerBytes + leafBytes * countBits(leaves) + hashBytes * countBits(branches);
}

/** Of 16 bits. */
function countBits(bits: number): number {
  let sum = bits - ((bits >> 1) & 0x5555);
  sum = (sum & 0x3333) + ((sum >> 2) & 0x3333);
  sum = (sum + (sum >> 4)) & 0x0f0f;
  return (sum + (sum >> 8)) & 0x1f;
}
