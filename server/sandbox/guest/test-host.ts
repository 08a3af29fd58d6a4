import { regionBytes, regionHeaderWords, regionWindowAt } from "@kith/protocol/guest-abi";
import {
  blockNumOf,
  transactionIdOf,
  type AccountName,
  type BlockNum,
  type MethodName,
  type TransactionId,
} from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import {
  CallSession,
  ServiceAbort,
  type ActionHost,
  type KeyRange,
  type Meter,
} from "@kith/protocol/service-abi";
import type { Claim } from "@kith/protocol/transaction";

import type { Region, RegionHolder } from "./guest-calls.ts";

export const testFuel = 500_000_000;

type Call = (service: AccountName, method: MethodName, args: Uint8Array) => Uint8Array;

/** A host whose tables are one map each: a row is what was put, its first byte its key. */
export class TestHost implements ActionHost {
  readonly meter: Meter;
  readonly session: CallSession;
  readonly self: AccountName = accountNameConstant("program");
  readonly sender: AccountName = accountNameConstant("alice");
  readonly blockNum: BlockNum = blockNumOf(7);
  readonly transactionId: TransactionId = transactionIdOf("ab".repeat(32));
  blockTime = 1_790_000_000_123_456;
  claims: readonly Claim[] = [];
  user: AccountName | undefined;
  call: Call = (service) => {
    throw new ServiceAbort("service-unknown", `there is no ${service}`);
  };
  readonly rows = new Map<string, Uint8Array>();
  readonly emitted: string[] = [];
  readonly ranges: KeyRange[] = [];

  constructor(fuel: number = testFuel, session: CallSession = new CallSession()) {
    this.meter = { fuel, stackBytes: 512 * 1024 };
    this.session = session;
  }

  get(table: number, key: Uint8Array): Uint8Array | undefined {
    return this.rows.get(`${table} ${key[0]}`);
  }

  range(_: number, range: KeyRange): readonly Uint8Array[] {
    this.ranges.push(range);
    return [...this.rows.values()].slice(0, range.limit);
  }

  put(table: number, row: Uint8Array): void {
    this.rows.set(`${table} ${row[0]}`, row);
  }

  remove(table: number, key: Uint8Array): boolean {
    return this.rows.delete(`${table} ${key[0]}`);
  }

  emit(event: string, data: Uint8Array): void {
    this.emitted.push(`${event} ${data.length}`);
  }

  sha256(): never {
    throw new Error("the machine hashes by itself");
  }

  checkCode(vm: number, code: Uint8Array, account: AccountName): void {
    throw new ServiceAbort("not-privileged", `${account} ${vm} ${code.length}`);
  }

  runAs(packed: Uint8Array): Uint8Array {
    return packed;
  }
}

/** A region that belongs to nobody's memory. */
export class TestRegion implements RegionHolder {
  readonly region: Region;

  constructor() {
    const memory = new ArrayBuffer(regionBytes);
    this.region = {
      words: new Int32Array(memory, 0, regionHeaderWords),
      bytes: new Uint8Array(memory),
    };
  }

  get words(): Int32Array {
    return this.region.words;
  }

  get window(): Uint8Array {
    return this.region.bytes.subarray(regionWindowAt);
  }
}
