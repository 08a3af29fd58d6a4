import { transferBytesMax } from "@kith/protocol/guest-abi";
import { sha256 } from "@kith/protocol/hashes";
import type { AccountName, BlockNum, MethodName, TransactionId } from "@kith/protocol/ids";
import { eventBytesMax } from "@kith/protocol/limits";
import type {
  ActionHost,
  CallSession,
  KeyRange,
  Meter,
  ServiceAbort,
  ServiceDefinition,
  ServiceModule,
} from "@kith/protocol/service-abi";
import type { Claim } from "@kith/protocol/transaction";

import { declaredEvents, type DeclaredEvent } from "./declared-events.ts";
import { refusal, type CallService, type Execution, type ServiceCall } from "./execution.ts";
import { checkNewCode } from "./install-code.ts";
import {
  blockEventsMax,
  indexEntryFuel,
  keyBytesMax,
  passedRowFuel,
  rangeRowsMax,
  rowBytesMax,
  transactionEventsMax,
  transactionWriteBytesMax,
  transactionWritesMax,
} from "./limits.ts";
import { loadModule } from "./load-module.ts";
import { placeOf } from "./place.ts";
import type { KeyedRow, RowRange } from "./ports.ts";
import { readRange } from "./read-range.ts";
import type { KeyOfRow } from "./row-key.ts";
import { runStagedAction } from "./run-as.ts";
import { tablesOf, type ServiceTable } from "./service-tables.ts";
import { entryKey, spaceOf } from "./space.ts";

/** What a service sees of the node during one call. Every misuse aborts the transaction with a code of its own. */
export class ServiceHost implements ActionHost {
  private readonly execution: Execution;
  private readonly current: ServiceCall;
  private readonly callService: CallService;
  private readonly definition: ServiceDefinition;
  private readonly tables: readonly ServiceTable[];

  constructor(
    execution: Execution,
    call: ServiceCall,
    { module, callService }: { readonly module: ServiceModule; readonly callService: CallService },
  ) {
    this.execution = execution;
    this.current = call;
    this.callService = callService;
    this.definition = module.definition;
    this.tables = tablesOf(module);
  }

  get session(): CallSession {
    return this.execution.session;
  }

  get meter(): Meter {
    return this.execution.meter;
  }

  get self(): AccountName {
    return this.current.service;
  }

  /** Of the service that was asked only: another one would learn what it was not meant to. */
  get user(): AccountName | undefined {
    return this.current.depth === 0 ? this.execution.user : undefined;
  }

  get sender(): AccountName {
    return this.current.caller;
  }

  get blockNum(): BlockNum {
    this.execution.usesContext = true;
    return this.execution.blockNum;
  }

  get blockTime(): number {
    this.execution.usesContext = true;
    return this.execution.blockTime;
  }

  get transactionId(): TransactionId {
    this.execution.usesContext = true;
    return this.execution.transactionId;
  }

  get claims(): readonly Claim[] {
    return this.execution.claims;
  }

  get(table: number, key: Uint8Array): Uint8Array | undefined {
    this.table(table);
    this.checkKey(key);
    return this.execution.rows.read(placeOf(this.self, spaceOf(table, 0), key));
  }

  range(table: number, range: KeyRange): readonly Uint8Array[] {
    const { indexKeys } = this.table(table);
    if (!Number.isInteger(range.index) || range.index < 0 || range.index > indexKeys.length) {
      throw this.abort("index-unknown", `table ${table} has no index ${range.index}`);
    }
    if (!Number.isInteger(range.limit) || range.limit < 0 || range.limit > rangeRowsMax) {
      throw this.abort("range-too-long", `a range gives at most ${rangeRowsMax} rows`);
    }
    const read = readRange(this.execution.rows, rowRange(this.self, table, range));
    this.charge(passedRowFuel * read.passed);
    if (read.rows === undefined) {
      this.charge(read.bytes);
      throw this.rangeTooLong();
    }
    if (range.index === 0) return read.rows.map((entry) => entry.row);
    return this.indexedRows(table, read.rows);
  }

  put(table: number, row: Uint8Array): void {
    const { isRow, primaryKey, indexKeys } = this.table(table);
    this.checkWrite(row.length);
    if (row.length > rowBytesMax) {
      throw this.abort("row-too-long", `a row of ${row.length} bytes; at most ${rowBytesMax}`);
    }
    if (!isRow(row)) throw this.abort("row-malformed", "a row is not what its table declares");
    const key = this.keyOf(primaryKey, row);
    const place = placeOf(this.self, spaceOf(table, 0), key);
    this.charge(indexEntryFuel * indexKeys.length);
    if (indexKeys.length > 0) {
      const before = this.execution.rows.read(place);
      for (const [at, indexKey] of indexKeys.entries()) {
        const space = spaceOf(table, at + 1);
        if (before !== undefined) this.removeEntry(space, this.keyOf(indexKey, before), key);
        this.putEntry(space, this.keyOf(indexKey, row), key);
      }
    }
    this.execution.rows.write(place, row);
  }

  remove(table: number, key: Uint8Array): boolean {
    const { indexKeys } = this.table(table);
    this.checkKey(key);
    this.checkWrite(0);
    const place = placeOf(this.self, spaceOf(table, 0), key);
    const before = this.execution.rows.read(place);
    if (before === undefined) return false;
    this.charge(indexEntryFuel * indexKeys.length);
    for (const [at, indexKey] of indexKeys.entries()) {
      this.removeEntry(spaceOf(table, at + 1), this.keyOf(indexKey, before), key);
    }
    this.execution.rows.write(place, undefined);
    return true;
  }

  call(service: AccountName, method: MethodName, args: Uint8Array): Uint8Array {
    const { depth, writable } = this.current;
    return this.callService(this.execution, {
      caller: this.self,
      service,
      method,
      args,
      depth: depth + 1,
      writable,
    });
  }

  /** Of a query's own service only: actions, also those that a query calls, have to give the same on every version. */
  sql(statement: string, parameters: string): string {
    const { sql } = this.execution;
    if (sql === undefined || this.current.depth > 0) {
      throw this.abort("sql-unavailable", "only queries may use SQL");
    }
    const result = sql(this.self, statement, parameters);
    if (!result.ok) throw this.abort(result.error.code, result.error.message);
    return result.value;
  }

  emit(event: string, data: Uint8Array): void {
    const declared = this.declaredEvent(event);
    this.checkWrite(data.length);
    if (data.length > eventBytesMax) {
      throw this.abort(
        "event-too-long",
        `an event of ${data.length} bytes; at most ${eventBytesMax}`,
      );
    }
    if (this.execution.events.length >= transactionEventsMax) {
      throw this.abort("too-many-events", `at most ${transactionEventsMax} events a transaction`);
    }
    if (this.execution.eventsBefore + this.execution.events.length >= blockEventsMax) {
      throw this.abort("block-events-full", `at most ${blockEventsMax} events a block`);
    }
    const fault = declared.type.validate(data);
    if (fault !== undefined) {
      throw this.abort(
        "event-malformed",
        `${declared.name} is not what it declares: ${fault.code}`,
      );
    }
    this.execution.events.push({ service: this.self, event, declared, data: data.slice() });
  }

  runAs(packed: Uint8Array): Uint8Array {
    const { execution, current } = this;
    return runStagedAction({ execution, current, callService: this.callService }, packed);
  }

  checkCode(vm: number, code: Uint8Array, account: AccountName): void {
    const { execution, current, callService } = this;
    const before = loadModule(execution, account);
    const call = { ...current, caller: account, service: account };
    const hostOf = (module: ServiceModule): ServiceHost =>
      new ServiceHost(execution, call, { module, callService });
    checkNewCode({ execution, current, before, hostOf }, { vm, code, account });
  }

  sha256(data: Uint8Array): Uint8Array {
    return sha256(data);
  }

  private declaredEvent(name: string): DeclaredEvent {
    const declared = declaredEvents(this.definition);
    if (!declared.ok) {
      throw this.abort(
        "events-malformed",
        `what ${this.self} declares as its events cannot be used`,
      );
    }
    const event = declared.value.get(name);
    if (event !== undefined) return event;
    throw this.abort("event-unknown", `${this.self} does not declare an event ${name}`);
  }

  private table(number: number): ServiceTable {
    const table = this.tables[number];
    if (table === undefined)
      throw this.abort("table-unknown", `${this.self} has no table ${number}`);
    return table;
  }

  private checkKey(key: Uint8Array): void {
    if (key.length > keyBytesMax) {
      throw this.abort("key-too-long", `a key of ${key.length} bytes; at most ${keyBytesMax}`);
    }
  }

  private checkWrite(sizeBytes: number): void {
    const { execution } = this;
    if (!this.current.writable) {
      throw this.abort("write-forbidden", "queries and authorization only read");
    }
    execution.writes++;
    execution.writtenBytes += sizeBytes;
    if (execution.writes > transactionWritesMax) {
      throw this.abort(
        "too-many-writes",
        `a transaction writes at most ${transactionWritesMax} rows`,
      );
    }
    if (execution.writtenBytes > execution.storedBytesMax) {
      throw this.abort("over-quota", "whoever pays for the transaction may not store as much now");
    }
    if (execution.writtenBytes > transactionWriteBytesMax) {
      throw this.abort(
        "writes-too-long",
        `a transaction writes at most ${transactionWriteBytesMax} bytes`,
      );
    }
  }

  private keyOf(take: KeyOfRow, row: Uint8Array): Uint8Array {
    const key = take(row);
    if (key === undefined)
      throw this.abort("row-malformed", "a row is not what its table declares");
    this.checkKey(key);
    return key;
  }

  private putEntry(space: number, indexKey: Uint8Array, key: Uint8Array): void {
    this.execution.rows.write(placeOf(this.self, space, entryKey(indexKey, key)), key);
  }

  private removeEntry(space: number, indexKey: Uint8Array, key: Uint8Array): void {
    this.execution.rows.write(placeOf(this.self, space, entryKey(indexKey, key)), undefined);
  }

  private indexedRows(table: number, entries: readonly KeyedRow[]): readonly Uint8Array[] {
    this.charge(indexEntryFuel * entries.length);
    let bytes = 0;
    return entries.map((entry) => {
      const row = this.indexedRow(table, entry.row);
      bytes += row.length;
      if (bytes > transferBytesMax) {
        this.charge(bytes);
        throw this.rangeTooLong();
      }
      return row;
    });
  }

  private rangeTooLong(): ServiceAbort {
    return this.abort("range-too-long", `a range gives at most ${transferBytesMax} bytes`);
  }

  /** For work that a machine cannot see from outside. */
  private charge(fuel: number): void {
    this.execution.meter.fuel -= fuel;
  }

  private indexedRow(table: number, key: Uint8Array): Uint8Array {
    const row = this.execution.rows.read(placeOf(this.self, spaceOf(table, 0), key));
    if (row === undefined)
      throw this.abort("index-broken", `an index of table ${table} names no row`);
    return row;
  }

  private abort(code: string, message: string): ServiceAbort {
    return refusal(this.execution, code, message);
  }
}

function rowRange(service: AccountName, table: number, range: KeyRange): RowRange {
  return {
    service,
    space: spaceOf(table, range.index),
    ...(range.from === undefined ? {} : { from: range.from }),
    ...(range.to === undefined ? {} : { to: range.to }),
    reverse: range.reverse,
    limit: range.limit,
  };
}
