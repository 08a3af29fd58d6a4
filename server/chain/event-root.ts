import {
  emptyEventTree,
  eventRecordCodec,
  eventRootOf,
  eventTreeCodec,
  growEventTree,
  type EventTree,
} from "@kith/protocol/event-tree";
import type { BlockNum, Checksum, TransactionId } from "@kith/protocol/ids";
import { merkleLeaf, type MerkleNode } from "@kith/protocol/merkle";

import type { EmittedEvent } from "./execution.ts";
import type { Overlay, Rows } from "./overlay.ts";
import { chainAccount, ownSpaces } from "./own-rows.ts";
import { placeOf } from "./place.ts";

/** "e" for events: what the event tree needs to grow. Its whole size is a kilobyte, however many blocks there were. */
const treePlace = placeOf(chainAccount, ownSpaces.facts, Uint8Array.of(0x65));

/** An event of a final block. */
export type BlockEvent = EmittedEvent & {
  readonly transactionId: TransactionId;
  /** Merkle events: the record's id, and the place among the transaction's Merkle events, from 0. */
  readonly merkle?: { readonly id: number; readonly index: number };
};

/** What a block does to the event tree: enough for a node to make proofs later. */
export type EventTreeGrowth = {
  readonly before: EventTree;
  /** Hashes of the block's records in their order. */
  readonly leaves: readonly Uint8Array[];
  /** The subtrees that the block completes, itself first; empty when it has no Merkle events. */
  readonly nodes: readonly MerkleNode[];
};

export type RecordedEvents = {
  readonly events: readonly BlockEvent[];
  readonly growth: EventTreeGrowth;
  readonly eventRoot: Checksum;
};

export function eventTreeOf(rows: Rows): EventTree {
  const row = rows.read(treePlace);
  return row === undefined ? emptyEventTree : eventTreeCodec.trustedUnpack(row);
}

/** Numbers the Merkle events of a block and adds the block to the tree. */
export function recordEvents(
  rows: Overlay,
  blockNum: BlockNum,
  emitted: readonly { readonly id: TransactionId; readonly events: readonly EmittedEvent[] }[],
): RecordedEvents {
  const before = eventTreeOf(rows);
  const events: BlockEvent[] = [];
  const records: Uint8Array[] = [];
  for (const { id: transactionId, events: ofTransaction } of emitted) {
    let index = 0;
    for (const event of ofTransaction) {
      if (event.declared.kind === "history") {
        events.push({ ...event, transactionId });
        continue;
      }
      const id = before.events + records.length + 1;
      const { service, declared, data: rawData } = event;
      const record = { id, service, type: declared.method, rawData, transactionId };
      records.push(eventRecordCodec.pack(record));
      events.push({ ...event, transactionId, merkle: { id, index: index++ } });
    }
  }
  if (records.length === 0) {
    return { events, growth: { before, leaves: [], nodes: [] }, eventRoot: eventRootOf(before) };
  }
  const { tree, nodes } = growEventTree(before, blockNum, records);
  rows.write(treePlace, eventTreeCodec.pack(tree));
  const growth = { before, leaves: records.map(merkleLeaf), nodes };
  return { events, growth, eventRoot: eventRootOf(tree) };
}
