import { stateTreeNodeBytesMax, type TreeNode } from "./state-tree-node.ts";

/** Bytes of a leaf in a node: address hash and row hash. */
export const leafBytes = 64;

const headerBytes = 5;
const hashBytes = 32;
const formatByte = 1;

/**
 * A node of the state tree that is being made, its children in ascending order of their places; its memory is used
 * again for the next one. What `withPlaces` makes of the same children has the same bytes.
 */
export class NodeDraft {
  private readonly bytes = new Uint8Array(stateTreeNodeBytesMax);
  private size = headerBytes;
  private leaves = 0;
  private branches = 0;

  get isEmpty(): boolean {
    return this.size === headerBytes;
  }

  clear(): void {
    this.size = headerBytes;
    this.leaves = 0;
    this.branches = 0;
  }

  /** `from` holds the leaf's 64 bytes at `at`. */
  addLeaf(place: number, from: Uint8Array, at: number): void {
    this.leaves |= 1 << place;
    this.copy(from, at, leafBytes);
  }

  addBranch(place: number, hash: Uint8Array): void {
    this.branches |= 1 << place;
    this.copy(hash, 0, hashBytes);
  }

  /** The node; a view that the next node is written over. */
  node(): TreeNode {
    const { bytes, leaves, branches } = this;
    bytes[0] = formatByte;
    bytes[1] = leaves >> 8;
    bytes[2] = leaves & 0xff;
    bytes[3] = branches >> 8;
    bytes[4] = branches & 0xff;
    return bytes.subarray(0, this.size);
  }

  /** A loop: making a view of a few dozen bytes takes longer than copying them. */
  private copy(from: Uint8Array, at: number, count: number): void {
    const { bytes, size } = this;
    for (let i = 0; i < count; i++) bytes[size + i] = from[at + i] ?? 0;
    this.size = size + count;
  }
}
