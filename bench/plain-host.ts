import { compileTables, type ServiceTable } from "@kith/chain/service-tables";
import { bool } from "@kith/protocol/fracpack";
import { latin1Of, sha256 } from "@kith/protocol/hashes";
import {
  blockNumOf,
  transactionIdOf,
  type AccountName,
  type BlockNum,
  type TransactionId,
} from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { CallSession, type ActionHost, type Meter } from "@kith/protocol/service-abi";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import type { Claim } from "@kith/protocol/transaction";

const fuel = 500_000_000;
const stackBytes = 512 * 1024;

/** What a service is given, over maps: as little around it as there can be. Other services say yes to everything. */
export class PlainHost implements ActionHost {
  readonly session: CallSession = new CallSession();
  readonly meter: Meter = { fuel, stackBytes };
  readonly self: AccountName;
  readonly blockNum: BlockNum = blockNumOf(5);
  readonly blockTime = 1_790_000_000_000_000;
  readonly transactionId: TransactionId = transactionIdOf("00".repeat(32));
  readonly claims: readonly Claim[] = [];
  sender: AccountName = accountNameConstant("alice");
  readonly #tables: readonly ServiceTable[];
  readonly #rows: Map<string, Uint8Array>[];

  constructor(definition: ServiceDefinition) {
    this.self = definition.name;
    const tables = compileTables(definition);
    if (!tables.ok) throw new Error(tables.error.message);
    this.#tables = tables.value;
    this.#rows = this.#tables.map(() => new Map());
  }

  /** How much was used since it was last asked; gives all of it back. */
  takeFuel(): number {
    const used = fuel - this.meter.fuel;
    this.meter.fuel = fuel;
    return used;
  }

  get(table: number, key: Uint8Array): Uint8Array | undefined {
    return this.#rows[table]?.get(latin1Of(key));
  }

  put(table: number, row: Uint8Array): void {
    const key = this.#tables[table]?.primaryKey(row);
    if (key === undefined) throw new Error("a row without a key");
    this.#rows[table]?.set(latin1Of(key), row);
  }

  remove(table: number, key: Uint8Array): boolean {
    return this.#rows[table]?.delete(latin1Of(key)) ?? false;
  }

  range(): readonly Uint8Array[] {
    throw new Error("nothing that is measured asks for ranges");
  }

  call(): Uint8Array {
    return yes;
  }

  emit(): void {}

  runAs(): Uint8Array {
    throw new Error("nothing that is measured acts for others");
  }

  checkCode(): void {}

  sha256(data: Uint8Array): Uint8Array {
    return sha256(data);
  }
}

const yes = bool.pack(true);
