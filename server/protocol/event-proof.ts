import {
  bagEventRoot,
  blockEventsCodec,
  eventRecordCodec,
  type EventRecord,
} from "./event-tree.ts";
import { bytesUpTo, fixedBytes, list, object, u32, type Codec } from "./fracpack.ts";
import { toHex } from "./hashes.ts";
import { checksumOf, type BlockNum, type Checksum } from "./ids.ts";
import { eventRecordBytesMax } from "./limits.ts";
import { merklePathHashesMax, rootOfPath } from "./merkle-path.ts";
import { merkleLeaf } from "./merkle.ts";
import { blockNumCodec } from "./numbers.ts";
import { err, ok, type Result } from "./result.ts";

/**
 * That an event happened in a block, against the `eventRoot` of any header that says what was true after that block
 * or a later one (`executedNum`). Everything in it is covered by the root: a change anywhere makes it wrong.
 */
export type EventProof = {
  /** The packed EventRecord. */
  readonly record: Uint8Array;
  /** Its place among the Merkle events of the block, from 0, and how many they are. */
  readonly index: number;
  readonly events: number;
  /** Siblings from the record up to the block's root, 32 bytes each. */
  readonly path: readonly Uint8Array[];
  readonly blockNum: BlockNum;
  /** The block's place among all blocks with Merkle events, from 0, and how many the root covers. */
  readonly blockIndex: number;
  readonly blocks: number;
  /** Siblings from the block up to the root of blocks, 32 bytes each. */
  readonly blocksPath: readonly Uint8Array[];
};

const pathCodec = list(fixedBytes(32), merklePathHashesMax);

/** How a proof travels: packed, or as the JSON that its schema gives. */
export const eventProofCodec: Codec<EventProof> = object({
  record: bytesUpTo(eventRecordBytesMax),
  index: u32,
  events: u32,
  path: pathCodec,
  blockNum: blockNumCodec,
  blockIndex: u32,
  blocks: u32,
  blocksPath: pathCodec,
});

/** What a proof shows. */
export type ProvedEvent = EventRecord & { readonly blockNum: BlockNum };

export type EventProofError =
  /** A path has not the length that its place needs. */
  | { readonly code: "event-path-malformed"; readonly path: "path" | "blocksPath" }
  /** The proof is about another root, or about nothing at all. */
  | { readonly code: "event-root-differs"; readonly computed: Checksum }
  /** What is proved is no event record. */
  | { readonly code: "event-record-malformed" };

/**
 * The event that the proof shows under `eventRoot`. The caller knows the root from a header that it trusts, and looks
 * itself whether service, type and transaction are those that it asked for.
 */
export function verifyEventProof(
  eventRoot: Checksum,
  proof: EventProof,
): Result<ProvedEvent, EventProofError> {
  const { record, index, events, path, blockNum, blockIndex, blocks, blocksPath } = proof;
  const root = rootOfPath(merkleLeaf(record), { index, count: events }, path);
  if (root === undefined) return err({ code: "event-path-malformed", path: "path" });
  const item = { blockNum, events, root: checksumOf(toHex(root)) };
  const leaf = merkleLeaf(blockEventsCodec.pack(item));
  const whole = rootOfPath(leaf, { index: blockIndex, count: blocks }, blocksPath);
  if (whole === undefined) return err({ code: "event-path-malformed", path: "blocksPath" });
  const computed = bagEventRoot(blocks, whole);
  if (computed !== eventRoot) return err({ code: "event-root-differs", computed });
  const event = eventRecordCodec.unpack(record);
  return event.ok ? ok({ ...event.value, blockNum }) : err({ code: "event-record-malformed" });
}
