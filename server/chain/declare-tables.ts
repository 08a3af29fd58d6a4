import type { AccountName } from "@kith/protocol/ids";

import { BrokenInvariant } from "./errors.ts";
import { codeOfRows, servicesWithRows } from "./installed-code.ts";
import type { Rows } from "./overlay.ts";
import type { CodeReference, RowReader, ServiceMachine, StateStore } from "./ports.ts";
import { columnsOf, columnsRevision } from "./table-columns.ts";

type Declaring = {
  readonly state: RowReader & Pick<StateStore, "declareTables" | "declaredRevision">;
  readonly machine: ServiceMachine;
  /** Where the code that counts is found. */
  readonly rows: Rows;
};

/**
 * Tells the store what the tables of a service are with the code that it has now. Part of the open transaction. Where code
 * was removed, rows and indexes stay as they are: the same code may come back, and use them at once.
 */
export function declareTables({ state, machine, rows }: Declaring, service: AccountName): boolean {
  const code = codeOfRows(rows, service);
  if (code === undefined) {
    state.declareTables(service, { revision: "", tables: [] });
    return true;
  }
  const revision = revisionOf(code);
  if (state.declaredRevision(service) === revision) return true;
  const module = machine.load(code);
  if (module === undefined) return false;
  state.declareTables(service, { revision, tables: columnsOf(module.definition) });
  return true;
}

/** Behind a snapshot, which carries rows and nothing that follows from them. */
export function declareAllTables(declaring: Declaring): void {
  for (const service of servicesWithRows(declaring.state)) {
    if (declareTables(declaring, service)) continue;
    throw new BrokenInvariant(`this node cannot run the code of ${service}`);
  }
}

/**
 * A state that was written by an older program gets its columns when it is opened. Services that this node cannot run
 * wait: it stops when it has to.
 */
export function declareStaleTables(declaring: Declaring & { readonly state: StateStore }): void {
  const { state } = declaring;
  const applied = state.applied();
  if (applied === undefined) return;
  const services = servicesWithRows(state);
  if (services.every((service) => isDeclared(declaring, service))) return;
  state.begin();
  for (const service of services) declareTables(declaring, service);
  state.commit(applied);
}

function isDeclared({ state, rows }: Declaring, service: AccountName): boolean {
  const code = codeOfRows(rows, service);
  return code !== undefined && state.declaredRevision(service) === revisionOf(code);
}

function revisionOf({ vm, codeHash }: CodeReference): string {
  return `${columnsRevision}/${vm}/${codeHash}`;
}
