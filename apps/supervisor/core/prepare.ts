import type { AccountName } from "@kith/protocol/ids";
import { openOffline } from "@kith/sdk/offline";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";

import type { PluginShelf } from "./plugin-shelf.ts";
import type { PluginWorker } from "./plugin-worker.ts";

type ReadyParts = {
  readonly app: AccountName;
  readonly worker: PluginWorker;
  readonly shelf: PluginShelf;
  /** Who is signed in. */
  readonly user: () => Promise<AccountName | undefined>;
  readonly authServiceOf: (account: AccountName) => Promise<AccountName>;
};

/** Uses quiet time to be ready for the first call, with a network or without one. */
export async function prepareCalls(parts: ReadyParts): Promise<void> {
  const { app, worker, shelf } = parts;
  // Whoever is not signed in begins with that.
  const first = (await parts.user()) === undefined ? [app, accountsPlugin.name] : [app];
  await Promise.all([worker.warmUp(), shelf.take(first)]);
  await prepareSigning(parts);
  await openOffline();
}

/** Whoever is signed in can write from now on, whatever becomes of the network. */
export async function prepareSigning({ shelf, user, authServiceOf }: ReadyParts): Promise<void> {
  const account = await user();
  if (account === undefined) return;
  await shelf.take([await authServiceOf(account), permissionsPlugin.name]);
}
