import { callDepthMax } from "@kith/chain/limits";
import type { AccountName, BlockNum, MethodName, TransactionId } from "@kith/protocol/ids";
import { blockNumOf, transactionIdOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import {
  type CallSession,
  ServiceAbort,
  type ActionHost,
  type KeyRange,
  type Meter,
  type ServiceModule,
} from "@kith/protocol/service-abi";
import type { Claim } from "@kith/protocol/transaction";

/** What a program sees of a network: the same on every runtime, kept in memory, called by nobody else. */
export class StageHost implements ActionHost {
  readonly session: CallSession;
  readonly meter: Meter;
  readonly self: AccountName = accountNameConstant("program");
  readonly sender: AccountName = accountNameConstant("alice");
  readonly blockNum: BlockNum = blockNumOf(7);
  readonly blockTime = 1_790_000_000_123_456;
  readonly transactionId: TransactionId = transactionIdOf("ab".repeat(32));
  readonly claims: readonly Claim[] = [];
  readonly #moduleOf: ModuleOf;
  #depth = 1;
  /** Rows in the order in which they came; a row is its own key. */
  readonly #rows = new Map<string, Uint8Array>();

  constructor(meter: Meter, session: CallSession, moduleOf: ModuleOf) {
    this.meter = meter;
    this.session = session;
    this.#moduleOf = moduleOf;
  }

  /** Every service has the same host: what it is called, and its rows. */
  call(service: AccountName, method: MethodName, args: Uint8Array): Uint8Array {
    const module = this.#moduleOf(service);
    if (module === undefined) throw new ServiceAbort("service-unknown", `there is no ${service}`);
    if (this.#depth >= callDepthMax) throw new ServiceAbort("call-too-deep", "too many calls");
    this.#depth++;
    try {
      return module.action(method, args, this);
    } finally {
      this.#depth--;
    }
  }

  get(table: number, key: Uint8Array): Uint8Array | undefined {
    return this.#rows.get(rowName(table, key));
  }

  range(table: number, { limit, reverse }: KeyRange): readonly Uint8Array[] {
    const rows = [...this.#rows.values()].slice(0, Math.max(0, limit));
    if (table !== 0) throw new ServiceAbort("table-unknown", `there is no table ${table}`);
    return reverse ? rows.toReversed() : rows;
  }

  put(table: number, row: Uint8Array): void {
    if (table !== 0) throw new ServiceAbort("table-unknown", `there is no table ${table}`);
    this.#rows.set(rowName(table, row), row.slice());
  }

  remove(table: number, key: Uint8Array): boolean {
    return this.#rows.delete(rowName(table, key));
  }

  emit(event: string): void {
    throw new ServiceAbort("event-unknown", `there is no event ${event}`);
  }

  sha256(): never {
    throw new Error("the machine hashes by itself");
  }

  checkCode(): never {
    throw new ServiceAbort("not-setcode", "only setcode checks code");
  }

  runAs(): never {
    throw new ServiceAbort("not-staged-tx", "only staged-tx acts for others");
  }
}

/** The other services that there are. */
export type ModuleOf = (service: AccountName) => ServiceModule | undefined;

function rowName(table: number, key: Uint8Array): string {
  return `${table} ${String(key)}`;
}
