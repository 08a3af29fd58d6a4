import { compareDefinitions } from "@kith/protocol/compare-definitions";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import {
  migratedRowsCodec,
  migrateRowsCodec,
  migrateRowsMethod,
} from "@kith/protocol/row-migration";
import { ServiceAbort, type ActionHost, type ServiceModule } from "@kith/protocol/service-abi";

import { convertTables, type ConvertWork } from "./convert-tables.ts";
import { declaredActions } from "./declared-actions.ts";
import { declaredEvents } from "./declared-events.ts";
import { declaredQueries } from "./declared-queries.ts";
import { refusal, type Execution, type ServiceCall } from "./execution.ts";
import { passedRowFuel, schemaCharFuel, startFuelMax } from "./limits.ts";
import { clearIndexes, makeIndexes, newRoom, type IndexWork } from "./make-indexes.ts";
import { rowsInSpace } from "./read-range.ts";
import { compileTables, tablesOf } from "./service-tables.ts";
import { spaceOf } from "./space.ts";
import { systemAccounts } from "./system-accounts.ts";

/** Code that is about to be installed on an account. */
export type NewCode = {
  readonly vm: number;
  readonly code: Uint8Array;
  readonly account: AccountName;
};

type Installing = {
  readonly execution: Execution;
  /** The call of `setcode` that asks. */
  readonly current: ServiceCall;
  /** What runs on the account now. */
  readonly before: ServiceModule | undefined;
  /** What a call of the account's service would see, were this its module. */
  readonly hostOf: (module: ServiceModule) => ActionHost;
};

/**
 * Looks at code before `setcode` stores it: whether a machine can run it, whether the node can keep its tables and
 * events, and what it means for the rows that the version before left. Those are converted here and now, or all fails.
 */
export function checkNewCode(installing: Installing, { vm, code, account }: NewCode): void {
  const { execution, current, before } = installing;
  const refuse = (reason: string, message: string): Error => refusal(execution, reason, message);
  if (current.service !== systemAccounts.setcode || !current.writable) {
    throw refuse("not-privileged", `${current.service} does not install code`);
  }
  const described = execution.machine.describe(vm, code);
  execution.startFuel += described.ok ? described.value.fuel : described.error.fuel;
  if (!described.ok) throw refuse(described.error.code, described.error.message);
  const { definition } = described.value;
  execution.startFuel += schemaCharFuel * definition.schema.length;
  if (execution.startFuel > startFuelMax)
    throw refuse("out-of-fuel", "starting the code takes too long");
  const tables = compileTables(definition);
  if (!tables.ok) throw refuse(tables.error.code, `the code declares ${tables.error.message}`);
  const events = declaredEvents(definition);
  if (!events.ok) throw refuse(events.error.code, `the code declares events that cannot be`);
  const actions = declaredActions(definition);
  if (!actions.ok) throw refuse(actions.error.code, actions.error.message);
  const queries = declaredQueries(definition);
  if (!queries.ok) throw refuse(queries.error.code, queries.error.message);
  const codeHash = sha256Hex(code);
  const after = execution.machine.load({ service: account, codeHash, vm, read: () => code });
  if (after === undefined) throw refuse("vm-unknown", `there is no machine ${vm}`);
  if (before !== undefined) replace(installing, { account, before, after });
}

type Replacement = {
  readonly account: AccountName;
  readonly before: ServiceModule;
  readonly after: ServiceModule;
};

function replace(installing: Installing, replacement: Replacement): void {
  const { execution, hostOf } = installing;
  const { account, before, after } = replacement;
  const change = compareDefinitions(
    before.definition,
    after.definition,
    emptyTables(before, hostOf(before)),
  );
  const [worst] = change.findings;
  if (change.class === "forbidden") {
    throw refusal(execution, "schema-change-forbidden", worst?.message ?? "rows would be misread");
  }
  const conversions: ConvertWork[] = [];
  const indexes: IndexWork[] = [];
  const indexed = { execution, service: account, tables: tablesOf(after), room: newRoom() };
  for (const each of change.work) {
    clearIndexes(each, indexed);
    if (each.kind === "convert") conversions.push(each);
    else indexes.push(each);
  }
  convertRows(installing, replacement, conversions);
  for (const work of indexes) makeIndexes(work, indexed);
}

function convertRows(
  { execution, hostOf }: Installing,
  { account, before, after }: Replacement,
  work: readonly ConvertWork[],
): void {
  const tables = tablesOf(after);
  const hosts = { before: hostOf(before), after: hostOf(after) };
  convertTables(work, {
    before: hosts.before,
    storedRows: (table) =>
      rowsInSpace(execution.rows, { service: account, space: spaceOf(table, 0) }, (passed) => {
        execution.meter.fuel -= passedRowFuel * passed;
      }),
    after: hosts.after,
    primaryKeyOf: (table, row) => tables[table]?.primaryKey(row),
    migrate: (portion) => {
      const packed = migrateRows(execution, () =>
        after.action(migrateRowsMethod, migrateRowsCodec.pack(portion), hosts.after),
      );
      const migrated = migratedRowsCodec.unpack(packed);
      if (migrated.ok) return migrated.value;
      throw refusal(
        execution,
        "migration-malformed",
        "the migration gave something else than rows",
      );
    },
    refuse: (code, message) => refusal(execution, code, message),
  });
}

/** What the new version aborts with fails the transaction, whatever `setcode` makes of it. */
function migrateRows(execution: Execution, run: () => Uint8Array): Uint8Array {
  try {
    return run();
  } catch (thrown) {
    if (!(thrown instanceof ServiceAbort)) throw thrown;
    throw refusal(execution, thrown.code, thrown.message);
  }
}

function emptyTables({ definition }: ServiceModule, host: ActionHost): ReadonlySet<string> {
  const first = { index: 0, reverse: false, limit: 1 };
  const empty = definition.tables.filter((_, number) => host.range(number, first).length === 0);
  return new Set(empty.map(({ name }) => name));
}
