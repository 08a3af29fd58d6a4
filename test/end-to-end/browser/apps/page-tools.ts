import { ServiceClient } from "@kith/sdk/client";
import type { Kith } from "@kith/sdk/connect";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
import { packagesInterface } from "@kith/sdk/system/packages";
import { packagesQueries } from "@kith/sdk/system/packages-queries";

import { malloryPlugin } from "./mallory/interface.ts";
import { notebookPlugin, notebookQueries, notebookService, notes } from "./notebook/interface.ts";

type Notebook = {
  readonly actions: (typeof notebookService)["actions"];
  readonly queries: typeof notebookQueries;
  readonly rows: object;
  readonly events: object;
};

/** A service of somebody else, for pages that show two. */
type Packages = {
  readonly actions: (typeof packagesInterface)["actions"];
  readonly queries: typeof packagesQueries;
  readonly rows: object;
  readonly events: object;
};

/** What tests reach on a page's `window`. */
export type PageTools = ReturnType<typeof toolsOf>;

/** A note, as reads ask for it. */
const noteOf = (id: number) =>
  ({ service: notebookService.name, table: notes, tableNumber: 0, key: { id } }) as const;

export function toolsOf(kith: Kith) {
  const notebook = new ServiceClient<Notebook>(kith.connection, {
    service: notebookService,
    queries: notebookQueries,
    rows: {},
    events: {},
  });
  const packages = new ServiceClient<Packages>(kith.connection, {
    service: packagesInterface,
    queries: packagesQueries,
    rows: {},
    events: {},
  });
  return {
    kith,
    notebook,
    packages,
    noteOf,
    plugin: kith.plugin(notebookPlugin),
    mallory: kith.plugin(malloryPlugin),
    accounts: kith.plugin(accountsPlugin),
    crypto: kith.plugin(cryptoPlugin),
  };
}
