import type { AccountName } from "@kith/protocol/ids";
import { accountNameOf } from "@kith/protocol/names";

import { installedCode } from "./installed-code.ts";
import type { Overlay } from "./overlay.ts";
import type { ServiceMachine } from "./ports.ts";
import { tablesOf } from "./service-tables.ts";
import { systemAccounts } from "./system-accounts.ts";

/** What caches of answers have to forget after a block. */
export type Touched = {
  /** Services whose rows changed. */
  readonly services: ReadonlySet<AccountName>;
  /** Where rows changed. */
  readonly spaces: readonly Space[];
  /** Accounts whose sites changed. */
  readonly sites: ReadonlySet<AccountName>;
};

type Space = { readonly service: AccountName; readonly space: number };

export function touchedBy(rows: Overlay, machine: ServiceMachine): Touched {
  const services = new Set<AccountName>();
  const sites = new Set<AccountName>();
  for (const { place } of rows.changes()) {
    const { service, space, key } = place.address;
    services.add(service);
    if (service !== systemAccounts.sites || space % 16 !== 0 || key.length < 8) continue;
    if (!belongsToAccount(rows, machine, space / 16)) continue;
    const owner = accountNameOf(new DataView(key.buffer, key.byteOffset).getBigUint64(0));
    if (owner.ok) sites.add(owner.value);
  }
  return { services, spaces: [...rows.changedSpaces()], sites };
}

function belongsToAccount(rows: Overlay, machine: ServiceMachine, table: number): boolean {
  const code = installedCode(rows, systemAccounts.sites);
  if (code === undefined) return false;
  const module = machine.load(code);
  return module !== undefined && tablesOf(module)[table]?.ownedByAccount === true;
}
