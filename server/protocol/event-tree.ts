import { checksumCodec, transactionIdCodec } from "./checksums.ts";
import { bytes, fixedBytes, list, object, option, u32, u64Number, type Codec } from "./fracpack.ts";
import { bytesOfTrustedHex, concatBytes, sha256Hex, zeroChecksum } from "./hashes.ts";
import type { AccountName, BlockNum, Checksum, MethodName, TransactionId } from "./ids.ts";
import {
  accumulatedRoot,
  emptyMerkle,
  growMerkle,
  merkleRoot,
  type MerkleAccumulator,
  type MerkleNode,
} from "./merkle.ts";
import { accountCodec, methodCodec } from "./names.ts";
import { blockNumCodec } from "./numbers.ts";

/**
 * A Merkle event as it is hashed: psibase's EventRecord (packages/user/Events, EventsTables.hpp), and behind its
 * members the transaction, which a reader of psibase's skips as a field of a newer version.
 */
export type EventRecord = {
  /** Its number among all Merkle events of the network, from 1. */
  readonly id: number;
  readonly service: AccountName;
  /** The event's name. */
  readonly type: MethodName;
  /** The packed event. */
  readonly rawData: Uint8Array;
  readonly transactionId: TransactionId;
};

export const eventRecordCodec: Codec<EventRecord> = object({
  id: u64Number,
  service: accountCodec,
  type: methodCodec,
  rawData: bytes,
  transactionId: transactionIdCodec,
});

/** The Merkle events of one block: `root` is psibase's Merkle root over their packed records, in order. */
export type BlockEvents = {
  readonly blockNum: BlockNum;
  /** How many there are: at least 1. */
  readonly events: number;
  readonly root: Checksum;
};

export const blockEventsCodec: Codec<BlockEvents> = object({
  blockNum: blockNumCodec,
  events: u32,
  root: checksumCodec,
});

/**
 * A Merkle mountain range over the blocks that had Merkle events: the summits of its full subtrees are all that is
 * needed to go on, and a path to any block has at most 32 hashes.
 */
export type EventTree = {
  /** Merkle events so far. */
  readonly events: number;
  /** Leaves are packed `BlockEvents`. */
  readonly blocks: MerkleAccumulator;
};

export const emptyEventTree: EventTree = { events: 0, blocks: emptyMerkle };

/** How an event tree is kept in a row. */
export const eventTreeCodec: Codec<EventTree> = object({
  events: u64Number,
  blocks: object({ leaves: u32, subtrees: list(option(fixedBytes(32)), 32) }),
});

/** The tree after a block with these records (packed, at least one). `nodes` are the subtrees that it completes. */
export function growEventTree(
  { events, blocks }: EventTree,
  blockNum: BlockNum,
  records: readonly Uint8Array[],
): { readonly tree: EventTree; readonly nodes: readonly MerkleNode[] } {
  const item = { blockNum, events: records.length, root: merkleRoot(records) };
  const grown = growMerkle(blocks, blockEventsCodec.pack(item));
  return { tree: { events: events + records.length, blocks: grown.tree }, nodes: grown.nodes };
}

/** A header's `eventRoot`; 32 zero bytes as long as there was no Merkle event. */
export function eventRootOf({ blocks }: EventTree): Checksum {
  if (blocks.leaves === 0) return zeroChecksum;
  return bagEventRoot(blocks.leaves, bytesOfTrustedHex(accumulatedRoot(blocks)));
}

/**
 * sha256(02 || number of leaves, 32 bits little-endian || Merkle root of the leaves). With the number of leaves, the
 * root says which leaf a path leads to.
 */
export function bagEventRoot(leaves: number, root: Uint8Array): Checksum {
  return sha256Hex(concatBytes(Uint8Array.of(2), u32.pack(leaves), root));
}
