import { bytesUpTo, list, type Codec } from "./fracpack.ts";
import { equalBytes, sha256 } from "./hashes.ts";
import type { AccountName } from "./ids.ts";
import { childAt, hashNode, isNode, nibbleAt, stateTreeNodeBytesMax } from "./state-tree-node.ts";

/** Where a row of state is: a service's table, addressed by the bytes of its key (`encodeKey`). */
export type RowAddress = {
  readonly service: AccountName;
  /** The table's number times 16, plus the index's number (0: the rows themselves). */
  readonly space: number;
  readonly key: Uint8Array;
};

/** The nodes of the state tree from the root to where a row is, or would be. */
export type RowProof = readonly Uint8Array[];

/** One node for each four bits of an address hash at most. */
const rowProofNodesMax = 64;

/** How a proof travels: packed, or as the JSON that its schema gives. */
export const rowProofCodec: Codec<RowProof> = list(
  bytesUpTo(stateTreeNodeBytesMax),
  rowProofNodesMax,
);

/** Where the state tree keeps a row: sha256 of its packed address. */
export function addressHash(address: RowAddress): Uint8Array {
  return sha256(packAddress(address));
}

/** The name's length, the name, the space (big-endian) and the key. */
export function packAddress({ service, space, key }: RowAddress): Uint8Array {
  const named = 1 + service.length;
  const bytes = new Uint8Array(named + 4 + key.length);
  bytes[0] = service.length;
  for (let at = 0; at < service.length; at++) bytes[1 + at] = service.charCodeAt(at);
  bytes[named] = space >>> 24;
  bytes[named + 1] = (space >>> 16) & 0xff;
  bytes[named + 2] = (space >>> 8) & 0xff;
  bytes[named + 3] = space & 0xff;
  bytes.set(key, named + 4);
  return bytes;
}

/**
 * Whether the state with this root (a header's `stateRoot`, 32 bytes) has exactly this row at the address;
 * `undefined`: has none there.
 */
export function verifyRowProof(
  root: Uint8Array,
  hash: Uint8Array,
  proof: RowProof,
  row: Uint8Array | undefined,
): boolean {
  const rowHash = provedRowHash(root, hash, proof);
  if (rowHash === undefined) return false;
  if (row === undefined) return rowHash === "absent";
  return rowHash !== "absent" && equalBytes(rowHash, sha256(row));
}

/** The sha256 of the row that is proved to be at an address; undefined when the proof is none. */
export function provedRowHash(
  root: Uint8Array,
  hash: Uint8Array,
  proof: RowProof,
): Uint8Array | "absent" | undefined {
  let expected = root;
  for (const [depth, node] of proof.entries()) {
    if (!isNode(node) || !equalBytes(hashNode(node), expected)) return undefined;
    const child = childAt(node, nibbleAt(hash, depth));
    if (child?.kind === "branch") {
      expected = child.hash;
      continue;
    }
    if (depth !== proof.length - 1) return undefined;
    return child !== undefined && equalBytes(child.addressHash, hash) ? child.rowHash : "absent";
  }
  return undefined;
}
