import type { RowPart } from "@kith/protocol/http-message";
import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";
import { runAsCodec, type RunAs } from "@kith/protocol/run-as";
import type { ActionHost, QueryHost } from "@kith/protocol/service-abi";
import type { Claim } from "@kith/protocol/transaction";

import { abort } from "./abort.ts";
import { callsOf } from "./calls.ts";
import type { EventDefinition } from "./event.ts";
import type { AnyMethod, Callable, ServiceInterface } from "./signature.ts";
import { RowsRead, RowsWritten } from "./table-access.ts";
import { encodePrefix, type AnyTable, type Table } from "./table.ts";

/** What a query sees: the state after a final block, and nothing that changes between two runs. */
export class QueryContext {
  protected readonly tables: readonly AnyTable[];
  private readonly queryHost: QueryHost;

  constructor(host: QueryHost, tables: readonly AnyTable[]) {
    this.queryHost = host;
    this.tables = tables;
  }

  /** The account that this service is installed on. */
  get self(): AccountName {
    return this.queryHost.self;
  }

  get blockNum(): BlockNum {
    return this.queryHost.blockNum;
  }

  /** Microseconds since the Unix epoch: the only clock that there is. */
  get blockTime(): number {
    return this.queryHost.blockTime;
  }

  /**
   * Whose question this is: somebody who is signed in and whose client has sent a login token of this app. Undefined for
   * everybody else, and in actions, which have a `sender`. What depends on it is shown to nobody else.
   */
  get user(): AccountName | undefined {
    return this.queryHost.user;
  }

  table<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    table: Table<Row, KeyName, IndexName>,
  ): RowsRead<Row, KeyName, IndexName> {
    return new RowsRead(this.queryHost, this.numberOf(table), table);
  }

  /**
   * Rows of this service's own tables, by one SQL statement that only reads. Tables and columns are called as they are
   * declared; `?` stands for the next parameter. Whole numbers that a number does not hold come as texts, byte strings as
   * upper-case hex. Only in queries and `http`: elsewhere it aborts with `sql-unavailable`, because results may differ
   * between versions of the engine. A statement that cannot be run aborts with a code that begins with `sql-`.
   */
  sql(statement: string, parameters: readonly SqlParameter[] = []): readonly SqlRow[] {
    const json = this.queryHost.sql?.(statement, JSON.stringify(parameters));
    if (json === undefined) abort("sql-unavailable", "only queries may use SQL");
    const rows: unknown = JSON.parse(json);
    return Array.isArray(rows) ? rows.filter(isSqlRow) : [];
  }

  /** The actions of another service, called in the name of this one. From a query, those that only read. */
  call<Methods extends Readonly<Record<string, AnyMethod>>>(
    target: ServiceInterface<Methods>,
  ): Callable<Methods>;
  call(target: ServiceInterface<Readonly<Record<string, AnyMethod>>>): object {
    return callsOf(target.actions, { host: this.queryHost, target: target.name });
  }

  /**
   * A text or byte string of one row, to be a part of a reply's body (`HttpReply.parts`). The node takes it from the row
   * when it answers, so it never passes through the service: content of megabytes is answered as quickly as a word.
   */
  part<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    table: Table<Row, KeyName, IndexName>,
    key: Pick<Row, KeyName>,
    field: keyof Row & string,
  ): RowPart {
    const [primary] = table.keys;
    if (primary === undefined) abort("index-unknown", `${table.name} has no key`);
    return { table: this.numberOf(table), key: encodePrefix(primary, key), field };
  }

  sha256(data: Uint8Array): Uint8Array {
    return this.queryHost.sha256(data);
  }

  protected numberOf(table: AnyTable): number {
    const number = this.tables.indexOf(table);
    if (number === -1) abort("table-unknown", `the service does not declare ${table.name}`);
    return number;
  }
}

export type SqlParameter = null | boolean | number | string;
/** By the names of the statement's columns. */
export type SqlRow = { readonly [column: string]: null | number | string };

function isSqlRow(value: unknown): value is SqlRow {
  return typeof value === "object" && value !== null;
}

type AnyRows = Table<object, never, string>;
type AnyRowsWritten = RowsWritten<object, never, string>;

let only: ActionContext | undefined;

/** What an action sees, and the only way in which it changes anything. */
export class ActionContext extends QueryContext {
  private readonly host: ActionHost;
  private readonly opened = new Map<AnyRows, AnyRowsWritten>();

  constructor(host: ActionHost, tables: readonly AnyTable[]) {
    super(host, tables);
    this.host = host;
  }

  /** Inside of a machine all calls of a service have one host, and what is made once for it serves them all. */
  static of(host: ActionHost, tables: readonly AnyTable[]): ActionContext {
    if (host.exchanged === undefined) return new ActionContext(host, tables);
    if (only?.host !== host || only.tables !== tables) only = new ActionContext(host, tables);
    return only;
  }

  /** Who called: the account that signed for the action, or the service that made the call. */
  get sender(): AccountName {
    return this.host.sender;
  }

  get transactionId(): TransactionId {
    return this.host.transactionId;
  }

  /** What the transaction claims; all of it is proved. */
  get claims(): readonly Claim[] {
    return this.host.claims;
  }

  override table<Row extends object, KeyName extends keyof Row, IndexName extends string>(
    table: Table<Row, KeyName, IndexName>,
  ): RowsWritten<Row, KeyName, IndexName>;
  override table(table: AnyRows): AnyRowsWritten {
    const known = this.opened.get(table);
    if (known !== undefined) return known;
    const rows = new RowsWritten(this.host, this.numberOf(table), table);
    this.opened.set(table, rows);
    return rows;
  }

  /**
   * Runs an action in the name of its sender, whose auth service has to say that those in `by` suffice. The node lets
   * `staged-tx` do this, and aborts with `not-privileged` for everybody else. Gives the action's packed result.
   */
  runAs(asked: RunAs): Uint8Array {
    return this.host.runAs(runAsCodec.pack(asked));
  }

  /**
   * For `setcode`: the node looks at code before it is stored in place of an account's code, and aborts with
   * `code-malformed`, `code-too-long`, `schema-change-forbidden` and the like.
   */
  checkCode(vm: number, code: Uint8Array, replacing: AccountName): void {
    this.host.checkCode(vm, code, replacing);
  }

  /**
   * Says that something happened. Aborts with `event-unknown` when the service does not list the event among its
   * `events`, with `event-malformed` when the value is not of its type, with `event-too-long` above 64 KiB.
   */
  emit<Value>(event: EventDefinition<Value>, value: NoInfer<Value>): void {
    this.host.emit(event.name, packEvent(event, value));
  }
}

function packEvent<Value>({ name, type }: EventDefinition<Value>, value: Value): Uint8Array {
  try {
    return type.pack(value);
  } catch {
    abort("event-malformed", `a value of ${name} is not what it declares`);
  }
}
