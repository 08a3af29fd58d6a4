import type { AccountName, BlockNum, MethodName, TransactionId } from "./ids.ts";
import type { Claim } from "./transaction.ts";

/**
 * The one boundary between a service and the node. What crosses it is bytes and numbers only, so that an in-process
 * module, a QuickJS machine and a WebAssembly module are the same to the chain. `@kith/sdk` hides it from authors.
 */
export type ServiceModule = {
  /** Described once, at install: the psibase schema of tables, actions and events. */
  readonly definition: ServiceDefinition;
  /** Runs one action; returns the packed result. Throwing `ServiceAbort` rolls the transaction back. */
  action(method: MethodName, args: Uint8Array, host: ActionHost): Uint8Array;
  /** Answers a packed HttpRequest with a packed HttpReply, or undefined to fall through to `sites`. */
  serve?(request: Uint8Array, host: QueryHost): Uint8Array | undefined;
  /** Runs one of the `queries` of the schema; returns the packed result. The node has checked the arguments. */
  query?(name: MethodName, args: Uint8Array, host: QueryHost): Uint8Array;
};

export type ServiceDefinition = {
  readonly name: AccountName;
  /** In the order of their numbers. */
  readonly tables: readonly TableDefinition[];
  /** What the service may emit; left out: nothing. Their types are in the schema, under `history` and `merkle`. */
  readonly events?: readonly EventDeclaration[];
  /** JSON form of the psibase ServiceSchema (actions, queries, result types, row types, events). */
  readonly schema: string;
};

/** Rows are packed Objects of type `rowType`; a key is a list of field names. Index 0 is the primary key. */
export type TableDefinition = {
  readonly name: string;
  readonly rowType: string;
  readonly indexes: readonly (readonly string[])[];
  /** Left out of what every service answers by itself: GraphQL and change streams. It stays readable for proofs. */
  readonly private?: boolean;
};

/**
 * History events are kept by each node as long as it likes, and nothing vouches for them. Merkle events are hashed
 * into `eventRoot` as well, so that whoever trusts a header can be shown that they happened.
 */
export type EventKind = "history" | "merkle";

/** An event, whatever its kind, by a name that is a method name and is the service's only one. */
export type EventDeclaration = {
  readonly name: string;
  readonly kind: EventKind;
  /** Fields by whose values the event can be found: at most 8. */
  readonly indexes: readonly string[];
};

/** Reads of the calling service's own tables. Keys are order-preserving encodings (`key.ts`). */
export type TableReader = {
  get(table: number, key: Uint8Array): Uint8Array | undefined;
  /** Rows in ascending (or descending) key order of index `index`, `from` inclusive, `to` exclusive. */
  range(table: number, range: KeyRange): readonly Uint8Array[];
  /** Only inside of service machines: what `exchanged-key.ts` and codecs do without a copy. */
  readonly exchanged?: ExchangedRows;
};

/** Rows by keys, and rows, of so many bytes at the start of the exchange. */
export type ExchangedRows = {
  /** Size of the row, which stands where the key was; below 0 when there is none. */
  get(table: number, keyBytes: number): number;
  /** A copy of such a row. */
  take(rowBytes: number): Uint8Array;
  put(table: number, rowBytes: number): void;
  remove(table: number, keyBytes: number): boolean;
};

export type KeyRange = {
  readonly index: number;
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit: number;
};

/**
 * Calls that belong together: those of one block's transactions in order, or those of one query. What a machine keeps
 * from one call to the next (a service's memory) it keeps here, and nowhere else, so that every node has the same.
 */
export class CallSession {
  /** Of memory (64 KiB) that machines have taken for what they keep here. */
  pages = 0;
  readonly #held = new Map<string, Held>();

  /** What is kept under this name, made when there is nothing yet. */
  hold<T extends Held>(name: string, make: () => T): T {
    const known = this.#held.get(name);
    // oxlint-disable-next-line no-unsafe-type-assertion -- a name is one machine's, and always means the same
    if (known !== undefined) return known as T;
    const made = make();
    this.#held.set(name, made);
    return made;
  }

  close(): void {
    for (const held of this.#held.values()) held.close();
    this.#held.clear();
    this.pages = 0;
  }
}

type Held = { close(): void };

/** What the calls of one transaction may still use. A machine takes from it; services of this program do not. */
export type Meter = {
  /** Units of work; below zero the transaction has failed. */
  fuel: number;
  /** Bytes of the runtime's own stack, which calls between services share. */
  stackBytes: number;
};

export type QueryHost = TableReader & {
  readonly session: CallSession;
  readonly meter: Meter;
  readonly self: AccountName;
  readonly blockNum: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly blockTime: number;
  /**
   * Whose question this is, as a login token has proved; undefined when nobody has said, and in actions. Only the service that
   * was asked is told, not those that it calls: the token is for that app alone.
   */
  readonly user?: AccountName | undefined;
  /** A read-only call of another service's action; writes abort. */
  call(service: AccountName, method: MethodName, args: Uint8Array): Uint8Array;
  sha256(data: Uint8Array): Uint8Array;
  /**
   * Runs one SQL statement over the service's own tables and gives its rows as JSON; `parameters` is a JSON array. Only
   * in queries: in actions it aborts, because results may differ between versions of the engine.
   */
  sql?(statement: string, parameters: string): string;
};

export type ActionHost = QueryHost & {
  /** The account in whose name this call was made: the action's sender, or the calling service. */
  readonly sender: AccountName;
  readonly transactionId: TransactionId;
  /** The claims of the transaction, all of them proved. */
  readonly claims: readonly Claim[];
  put(table: number, row: Uint8Array): void;
  /** True when there was such a row. */
  remove(table: number, key: Uint8Array): boolean;
  /** Aborts when the service does not declare the event, or the data is not packed as its type. */
  emit(event: string, data: Uint8Array): void;
  /**
   * Only for `staged-tx`: runs a packed RunAs, an action in the name of an account whose auth service says that those
   * who agreed suffice. Gives the action's packed result; anybody else's call aborts.
   */
  runAs(packed: Uint8Array): Uint8Array;
  /**
   * Only for `setcode`: looks at code before it is stored in place of what runs on the account, converts the rows that
   * the version before left, and aborts when the code cannot be installed.
   */
  checkCode(vm: number, code: Uint8Array, account: AccountName): void;
};

/**
 * Thrown by a machine whose runtime ran out of stack or memory of its own. Another node's has more, so this is no
 * outcome of a transaction: the node stops.
 */
export class MachineFault extends Error {}

/** Thrown by a service (through the SDK's `abort`): the transaction fails with this code and message. */
export class ServiceAbort extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
