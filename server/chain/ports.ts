import type { IndexValue } from "@kith/protocol/event-type";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type { AccountName, BlockId, BlockNum, Checksum, TransactionId } from "@kith/protocol/ids";
import type { Result } from "@kith/protocol/result";
import type { ServiceDefinition, ServiceModule } from "@kith/protocol/service-abi";
import type { TableDeclaration } from "@kith/protocol/table-columns";

/** One row of state: a service's table, addressed by the bytes of its key. Index entries are rows of their own. */
export type RowAddress = {
  readonly service: AccountName;
  /** The table's number times 16, plus the index's number (0: the rows themselves). */
  readonly space: number;
  readonly key: Uint8Array;
};

/** Ascending by key bytes (descending when `reverse`); `from` inclusive, `to` exclusive. */
export type RowRange = {
  readonly service: AccountName;
  readonly space: number;
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit: number;
};

export type KeyedRow = { readonly key: Uint8Array; readonly row: Uint8Array };

export type RowReader = {
  getRow(address: RowAddress): Uint8Array | undefined;
  rangeRows(range: RowRange): readonly KeyedRow[];
};

/**
 * What final blocks produce. One writer. Everything between `begin` and `commit` counts together, with the
 * applied height, or not at all, so a crash leaves whole blocks only. The chain keeps a transaction's writes in memory and
 * writes each changed row once a block, so there are no savepoints. All calls are synchronous.
 */
export type StateStore = RowReader & {
  putRow(address: RowAddress, row: Uint8Array): void;
  removeRow(address: RowAddress): void;
  begin(): void;
  commit(applied: Applied): void;
  /** Undoes everything since `begin`. */
  abandon(): void;
  /** Within `begin`: forgets everything (rows, tree, receipts, applied heights), for a snapshot to take its place. */
  clear(): void;
  /**
   * Within `begin`: what the tables of a service are from this block on. SQL sees the fields of rows as columns, and
   * indexes are made from all rows, also those of earlier blocks.
   */
  declareTables(service: AccountName, declaration: TableDeclaration): void;
  /** Undefined when nothing was declared. */
  declaredRevision(service: AccountName): string | undefined;
  /** Every (service, space) that has rows, ordered: what a snapshot walks over. */
  listSpaces(): readonly { readonly service: AccountName; readonly space: number }[];
  applied(): Applied | undefined;
  /** The root after an earlier block, while it is kept. */
  appliedAt(num: BlockNum): Applied | undefined;
  /** Interior nodes of the state tree, by path. */
  getTreeNode(path: Uint8Array): Uint8Array | undefined;
  putTreeNode(path: Uint8Array, node: Uint8Array): void;
  removeTreeNode(path: Uint8Array): void;
  /** Receipts answer "what became of my transaction", and make a second execution impossible. */
  getReceipt(id: TransactionId): Uint8Array | undefined;
  putReceipt(id: TransactionId, receipt: StoredReceipt): void;
  /** Receipts of transactions that expired before this time go. */
  pruneReceipts(expiredBeforeSeconds: number): void;
};

export type StoredReceipt = {
  readonly blockNum: BlockNum;
  readonly expirationSeconds: number;
  /** Packed Receipt. */
  readonly bytes: Uint8Array;
};

export type Applied = {
  readonly num: BlockNum;
  readonly id: BlockId;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  readonly stateRoot: Checksum;
  readonly eventRoot: Checksum;
};

/** What one block did to one row: what it is now, or that it is gone. */
export type ChangedRow = { readonly address: RowAddress; readonly row: Uint8Array | undefined };

/**
 * Runs one statement over the tables of `service` and nothing else; parameters and result as in `QueryHost.sql`. It sees
 * the same block as the rows beside it.
 */
export type SqlReader = (
  service: AccountName,
  statement: string,
  parameters: string,
) => Result<string, SqlRefusal>;

/** Why a statement gave no rows, for the author of the service. */
export type SqlRefusal = { readonly code: string; readonly message: string };

/** The code that is installed on an account. */
export type CodeReference = InstalledCodeOn & {
  /** Undefined when the state does not have it. */
  readonly read: () => Uint8Array | undefined;
};

type InstalledCodeOn = {
  readonly service: AccountName;
  readonly codeHash: Checksum;
  /** `virtualMachines` of `@kith/protocol/entry-points`. */
  readonly vm: number;
};

export type DescribedCode = {
  readonly definition: ServiceDefinition;
  /** Units of work. */
  readonly fuel: number;
};

/** Code that is none: a code for programs, a message for its author, and what it took to find out. */
export type CodeFault = { readonly code: string; readonly message: string; readonly fuel: number };

/** Runs services. Today in-process; the sandbox implements the same. */
export type ServiceMachine = {
  /** The code as a module, or undefined when this node cannot run it. What a call remembers is in its `CallSession`. */
  load(code: CodeReference): ServiceModule | undefined;
  /** What the code would be as a service, before it is installed; and what it took to find out. */
  describe(vm: number, code: Uint8Array): Result<DescribedCode, CodeFault>;
};

/** Where an event stands in the history: its block, and its place among the block's events. */
export type EventPlace = { readonly blockNum: number; readonly index: number };

/** The events of one name, oldest first (newest first when `reverse`); `from` inclusive, `to` exclusive. */
export type EventRange = {
  readonly service: AccountName;
  readonly event: string;
  /** A declared index of the event, and the value that it has (`EventType.parseIndexValue`). */
  readonly index?: { readonly field: string; readonly value: IndexValue };
  readonly from?: EventPlace;
  readonly to?: EventPlace;
  readonly reverse: boolean;
  readonly limit: number;
};

export type KeptEvent = EventPlace & {
  readonly transactionId: TransactionId;
  /** psibase's JSON of the data, by the type that the event was emitted with; undefined when it cannot be read any more. */
  readonly json: () => unknown;
};

/** The events that this node keeps. */
export type EventReader = {
  rangeEvents(
    range: EventRange,
  ): Result<
    readonly KeptEvent[],
    { readonly code: "events-not-kept" } | { readonly code: "event-index-unknown" }
  >;
};

/** Final state as answers to requests on a service's domain see it. */
export type FinalView = {
  readonly service: AccountName;
  readonly rows: RowReader;
  /** Absent on a node, and in a process, without events. */
  readonly events?: EventReader;
  readonly blockNum: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly blockTime: number;
};

/**
 * What every service answers on its domain without doing anything for it, such as GraphQL over its tables. It is asked
 * for what the service itself leaves; undefined leaves the request to the site's files.
 */
export type StandardAnswer = (
  definition: ServiceDefinition,
  view: FinalView,
  request: HttpRequest,
) => HttpReply | undefined;
