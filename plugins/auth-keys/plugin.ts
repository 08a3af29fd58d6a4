import { described } from "@kith/sdk/described";
import { plugin, type Plugin } from "@kith/sdk/plugin";
import type { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { httpPlugin } from "@kith/sdk/plugins/http";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { promptPlugin } from "@kith/sdk/plugins/prompt";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import {
  addKey,
  addKeyAs,
  devices,
  endSessions,
  keysOf,
  removeDevice,
  renameDevice,
} from "./devices.ts";
import {
  clearFriends,
  finishAs,
  finishRecovery,
  helpRecover,
  setFriends,
  vetoRecovery,
  withdrawSupport,
} from "./friends.ts";
import { claims, prove } from "./proving.ts";

export const authKeys: Plugin<(typeof authKeysPlugin)["functions"]> = plugin("auth-keys", {
  doc: "Speaks for accounts with several keys, and for their friends when all of those are lost.",
  imports: [transactPlugin, keysPlugin, httpPlugin, promptPlugin],
  exports: {
    claims,
    prove,
    addKey,
    addKeyAs,
    keysOf,
    finishAs,
    devices: described("Lists the keys of the account.", devices),
    removeDevice: described("Takes a key away from the account.", removeDevice),
    renameDevice,
    endSessions: described("Ends what apps may read in the account's name.", endSessions),
    setFriends: described("Says who can help the account back in.", setFriends),
    clearFriends,
    helpRecover: described("Helps a friend back into an account.", helpRecover),
    withdrawSupport,
    vetoRecovery: described("Stops friends from adding a key.", vetoRecovery),
    finishRecovery,
  },
});
