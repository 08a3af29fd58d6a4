import type { RowAddressError } from "@kith/chain/row-address";
import type { EventProof } from "@kith/protocol/event-proof";
import type { AccountName, BlockId, BlockNum, Checksum, TransactionId } from "@kith/protocol/ids";
import type { Result } from "@kith/protocol/result";
import type { RowProof } from "@kith/protocol/row-proof";
import type { EventKind } from "@kith/protocol/service-abi";

import type { LightPortError } from "./light-port.ts";

/** What HTTP needs of what happened, and of proofs that it did. */
export type HistoryPort = {
  events(query: EventsQuery): Result<EventsPage, HistoryError>;
  /**
   * Proves a transaction's Merkle event, by its place among them, against the event root of the header of block `at`;
   * of the newest header that knows of it when that is left out.
   */
  proveEvent(
    transactionId: TransactionId,
    index: number,
    at: BlockNum | undefined,
  ): Result<ProvedEvent, HistoryError>;
  /** Proves the row with this primary key, as JSON, or that there is none. */
  proveRow(service: AccountName, table: string, key: unknown): Result<ProvedRow, HistoryError>;
};

export type EventsQuery = {
  readonly service: AccountName;
  readonly event?: string;
  /** A declared index of the event, and the value to look for as text. */
  readonly index?: { readonly field: string; readonly value: string };
  /** Blocks: `from` included, `to` not. */
  readonly from?: BlockNum;
  readonly to?: BlockNum;
  /** The sequence of the last event of the page before. */
  readonly after?: number;
  readonly limit: number;
  /** Newest first. */
  readonly reverse: boolean;
};

export type EventsPage = {
  readonly events: readonly KeptEvent[];
  /** There are further ones behind the last of these. */
  readonly more: boolean;
  /** The blocks whose events this node has: from `oldest` to `newest`, but for the gaps. */
  readonly oldest: BlockNum;
  readonly newest: BlockNum;
  readonly gaps: readonly { readonly first: BlockNum; readonly last: BlockNum }[];
};

export type KeptEvent = {
  /** Orders events, and is the same on every node. */
  readonly sequence: number;
  readonly blockNum: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly blockTime: number;
  readonly transactionId: TransactionId;
  readonly service: AccountName;
  readonly event: string;
  readonly kind: EventKind;
  /** psibase's JSON; null when the data cannot be read any more. */
  readonly data: unknown;
  readonly sizeBytes: number;
  /** Merkle events: the record's id, and the place among the transaction's Merkle events. */
  readonly merkle?: { readonly id: number; readonly index: number };
};

/** The header that carries the root of a proof; it is final. */
export type CarryingHeader = {
  readonly num: BlockNum;
  readonly id: BlockId;
  /** The packed header: its sha256 gives the id. */
  readonly bytes: Uint8Array;
};

/**
 * `root` is the one after block `num`. A header says what was true some blocks before it, and an idle network makes no
 * blocks: `header` is undefined while there is none that carries the root.
 */
type Proved = {
  readonly num: BlockNum;
  readonly root: Checksum;
  readonly header: CarryingHeader | undefined;
};

export type ProvedEvent = Proved & { readonly event: KeptEvent; readonly proof: EventProof };

export type ProvedRow = Proved & {
  /** The packed row and its JSON; undefined when there is none. */
  readonly row: { readonly packed: Uint8Array; readonly value: unknown } | undefined;
  readonly proof: RowProof;
};

export type HistoryError =
  | RowAddressError
  | { readonly code: "service-unknown"; readonly service: string }
  | { readonly code: "event-undeclared"; readonly service: string; readonly event: string }
  | { readonly code: "event-index-unknown"; readonly field: string }
  | { readonly code: "index-value-malformed"; readonly field: string; readonly expected: string }
  /** This node keeps the service's events from block `oldest` on. */
  | { readonly code: "events-not-kept"; readonly oldest: BlockNum }
  | { readonly code: "event-unknown"; readonly transactionId: string; readonly index: number }
  /** The header that was asked for says what was true before the event. */
  | { readonly code: "event-not-yet"; readonly blockNum: BlockNum }
  /** This node has not seen all blocks behind the event; another node has. */
  | { readonly code: "event-path-unknown"; readonly blockNum: BlockNum }
  | LightPortError;
