import { bootstrapCodec } from "@kith/protocol/entry-points";
import type { Action } from "@kith/protocol/transaction";

import { BrokenInvariant } from "./errors.ts";
import { installAtGenesis } from "./installed-code.ts";
import type { Overlay } from "./overlay.ts";
import { chainAccount } from "./own-rows.ts";
import { systemMethods } from "./system-accounts.ts";

/** The first actions of the genesis block: they install the code that all other actions need. */
export function isBootstrap(action: Action): boolean {
  return action.service === chainAccount && action.method === systemMethods.bootstrap;
}

export function bootstrap(rows: Overlay, action: Action): void {
  const genesis = bootstrapCodec.unpack(action.rawData);
  if (!genesis.ok)
    throw new BrokenInvariant("an action of the genesis block that installs code is unreadable");
  for (const service of genesis.value.services) installAtGenesis(rows, service);
}
