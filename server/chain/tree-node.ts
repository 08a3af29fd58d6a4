import { sha256 } from "@kith/protocol/hashes";

/** What stands in one of a node's sixteen places: one row, or the node that holds all rows from here on. */
export type TreeChild =
  | { readonly kind: "leaf"; readonly addressHash: Uint8Array; readonly rowHash: Uint8Array }
  | { readonly kind: "branch"; readonly hash: Uint8Array };

/** Sixteen places, chosen by the next four bits of the address hash. */
export type TreeNode = (TreeChild | undefined)[];

const headerBytes = 5;
const hashBytes = 32;
const formatByte = 1;

export function emptyNode(): TreeNode {
  return Array.from({ length: 16 }, () => undefined);
}

/**
 * Format byte 1, a bit for each place with a leaf, a bit for each place with a branch, then the children in order:
 * address hash and row hash of a leaf, hash of a branch. A node's hash is the sha256 of these bytes.
 */
export function encodeNode(node: TreeNode): Uint8Array {
  let leaves = 0;
  let branches = 0;
  let size = headerBytes;
  for (let place = 0; place < 16; place++) {
    const child = node[place];
    if (child === undefined) continue;
    if (child.kind === "leaf") leaves |= 1 << place;
    else branches |= 1 << place;
    size += child.kind === "leaf" ? 2 * hashBytes : hashBytes;
  }
  const bytes = new Uint8Array(size);
  bytes[0] = formatByte;
  bytes[1] = leaves >> 8;
  bytes[2] = leaves & 0xff;
  bytes[3] = branches >> 8;
  bytes[4] = branches & 0xff;
  let at = headerBytes;
  for (const child of node) {
    if (child === undefined) continue;
    if (child.kind === "leaf") {
      bytes.set(child.addressHash, at);
      bytes.set(child.rowHash, at + hashBytes);
      at += 2 * hashBytes;
    } else {
      bytes.set(child.hash, at);
      at += hashBytes;
    }
  }
  return bytes;
}

/** Undefined for bytes that `encodeNode` never makes. */
export function decodeNode(bytes: Uint8Array): TreeNode | undefined {
  if (bytes.length < headerBytes || bytes[0] !== formatByte) return undefined;
  const leaves = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
  const branches = ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0);
  if ((leaves & branches) !== 0) return undefined;
  const node = emptyNode();
  let at = headerBytes;
  for (let place = 0; place < 16; place++) {
    if ((leaves & (1 << place)) !== 0) {
      const addressHash = bytes.slice(at, at + hashBytes);
      const rowHash = bytes.slice(at + hashBytes, at + 2 * hashBytes);
      if (rowHash.length < hashBytes) return undefined;
      node[place] = { kind: "leaf", addressHash, rowHash };
      at += 2 * hashBytes;
    } else if ((branches & (1 << place)) !== 0) {
      const hash = bytes.slice(at, at + hashBytes);
      if (hash.length < hashBytes) return undefined;
      node[place] = { kind: "branch", hash };
      at += hashBytes;
    }
  }
  return at === bytes.length ? node : undefined;
}

export function hashNodeBytes(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}

/** Four bits of an address hash: the place at this depth. */
export function nibbleAt(addressHash: Uint8Array, depth: number): number {
  const byte = addressHash[depth >> 1] ?? 0;
  return (depth & 1) === 0 ? byte >> 4 : byte & 0x0f;
}
