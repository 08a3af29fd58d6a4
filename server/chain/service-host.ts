import { sha256 } from "@kith/protocol/hashes";
import type { AccountName, BlockNum, MethodName, TransactionId } from "@kith/protocol/ids";
import type { ActionHost, KeyRange, ServiceAbort, ServiceModule } from "@kith/protocol/service-abi";
import type { Claim } from "@kith/protocol/transaction";

import { refusal, type Execution, type ServiceCall } from "./execution.ts";
import {
  eventBytesMax,
  keyBytesMax,
  rangeRowsMax,
  rowBytesMax,
  transactionEventsMax,
  transactionWriteBytesMax,
  transactionWritesMax,
} from "./limits.ts";
import { placeOf } from "./place.ts";
import type { RowRange } from "./ports.ts";
import type { KeyOfRow } from "./row-key.ts";
import { tablesOf, type ServiceTable } from "./service-tables.ts";

/** How a service's call of another one is run. */
export type CallService = (execution: Execution, call: ServiceCall) => Uint8Array;

/** What a service sees of the node during one call. Every misuse aborts the transaction with a code of its own. */
export class ServiceHost implements ActionHost {
  private readonly execution: Execution;
  private readonly current: ServiceCall;
  private readonly callService: CallService;
  private readonly tables: readonly ServiceTable[];

  constructor(
    execution: Execution,
    call: ServiceCall,
    { module, callService }: { readonly module: ServiceModule; readonly callService: CallService },
  ) {
    this.execution = execution;
    this.current = call;
    this.callService = callService;
    this.tables = tablesOf(module);
  }

  get self(): AccountName {
    return this.current.service;
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
    const rows = this.execution.rows.range(rowRange(this.self, table, range));
    if (range.index === 0) return rows.map((entry) => entry.row);
    return rows.map((entry) => this.indexedRow(table, entry.row));
  }

  put(table: number, row: Uint8Array): void {
    const { primaryKey, indexKeys } = this.table(table);
    this.checkWrite(row.length);
    if (row.length > rowBytesMax) {
      throw this.abort("row-too-long", `a row of ${row.length} bytes; at most ${rowBytesMax}`);
    }
    const key = this.keyOf(primaryKey, row);
    const place = placeOf(this.self, spaceOf(table, 0), key);
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

  emit(event: string, data: Uint8Array): void {
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
    this.execution.events.push({ service: this.self, event, data: data.slice() });
  }

  sha256(data: Uint8Array): Uint8Array {
    return sha256(data);
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

export function spaceOf(table: number, index: number): number {
  return table * 16 + index;
}

/** The indexed fields, then the primary key, so that entries are distinct and ordered. */
export function entryKey(indexKey: Uint8Array, primaryKey: Uint8Array): Uint8Array {
  const key = new Uint8Array(indexKey.length + primaryKey.length);
  key.set(indexKey);
  key.set(primaryKey, indexKey.length);
  return key;
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
