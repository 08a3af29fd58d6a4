import type { EventTree } from "@kith/protocol/event-tree";
import type { EventType, EventTypeSource, IndexValue } from "@kith/protocol/event-type";
import {
  blockNumOf,
  type AccountName,
  type BlockNum,
  type TransactionId,
} from "@kith/protocol/ids";
import type { MerkleNode } from "@kith/protocol/merkle";
import type { Result } from "@kith/protocol/result";
import type { Json } from "@kith/protocol/schema";
import type { EventKind } from "@kith/protocol/service-abi";

/** The events of one executed block, as `chain` gives them. */
export type EventBlock = {
  readonly num: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  /** In the order in which they were emitted. */
  readonly events: readonly EventOfBlock[];
  readonly tree: {
    /** The event tree before the block. */
    readonly before: EventTree;
    /** Hashes of the block's Merkle events. */
    readonly leaves: readonly Uint8Array[];
    /** The full subtrees that the block completes. */
    readonly nodes: readonly MerkleNode[];
  };
};

export type EventOfBlock = {
  readonly service: AccountName;
  readonly declared: EventVersion;
  /** Packed as its type. */
  readonly data: Uint8Array;
  readonly transactionId: TransactionId;
  readonly merkle?: MerklePlace;
};

/** One version of an event's declaration. */
export type EventVersion = {
  readonly name: string;
  readonly kind: EventKind;
  readonly indexes: readonly string[];
  readonly source: EventTypeSource;
  readonly type: EventType;
};

/** A Merkle event's number in the whole network, and its place among those of its transaction, from 0. */
export type MerklePlace = { readonly id: number; readonly index: number };

/** An event as it is kept. */
export type StoredEvent = {
  /** Orders events, and is the same on every node: `sequenceOf` its block and its place there. */
  readonly sequence: number;
  readonly service: AccountName;
  readonly event: string;
  readonly kind: EventKind;
  readonly transactionId: TransactionId;
  readonly data: Uint8Array;
  /** psibase's JSON of the data, by the type that the event was emitted with. */
  readonly json: () => Json | undefined;
  readonly merkle?: MerklePlace;
};

export type EventQuery = {
  readonly service: AccountName;
  /** The event's declared name; all of the service's when left out. */
  readonly event?: string;
  /** A declared index of that event, and the value that it has (`EventType.parseIndexValue`). */
  readonly index?: { readonly field: string; readonly value: IndexValue };
  /** Sequences: `from` inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  /** Newest first. */
  readonly reverse: boolean;
};

export type EventPage = {
  readonly events: readonly StoredEvent[];
  /** Whether there are further ones in the direction of the query. */
  readonly more: boolean;
  /** Blocks whose events are here: from `oldest` to `newest`, but for the gaps. */
  readonly oldest: BlockNum;
  readonly newest: BlockNum;
  readonly gaps: readonly BlockSpan[];
};

/** Both ends included. */
export type BlockSpan = { readonly first: BlockNum; readonly last: BlockNum };

export type EventQueryError =
  /** `from` lies before what this node keeps of the service. */
  | { readonly code: "events-not-kept"; readonly oldest: BlockNum }
  /** Events of this name were emitted, and none of their versions has such an index. */
  | { readonly code: "event-index-unknown"; readonly field: string };

/** What others ask of the events that a node keeps. */
export type EventReader = {
  eventsOf(query: EventQuery): Result<EventPage, EventQueryError>;
};

const placesOfBlock = 2 ** 21;

export function sequenceOf(num: number, place: number): number {
  return num * placesOfBlock + place;
}

export function blockOfSequence(sequence: number): BlockNum {
  return blockNumOf(Math.floor(sequence / placesOfBlock));
}

/** Its place among all events of its block, from 0. */
export function placeOfSequence(sequence: number): number {
  return sequence % placesOfBlock;
}

/** Behind every sequence. */
export const sequenceEnd: number = Number.MAX_SAFE_INTEGER;
