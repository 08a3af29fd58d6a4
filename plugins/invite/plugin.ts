import { described } from "@kith/sdk/described";
import { plugin, type Plugin } from "@kith/sdk/plugin";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
import { httpPlugin } from "@kith/sdk/plugins/http";
import type { invitePlugin } from "@kith/sdk/plugins/invite";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import { accept, look, prove } from "./accepting.ts";
import { create, createFor, list, revoke } from "./inviting.ts";

export const invite: Plugin<(typeof invitePlugin)["functions"]> = plugin("invite", {
  doc: "Makes links by which people come in, and lets them in.",
  imports: [accountsPlugin, clientDataPlugin, cryptoPlugin, httpPlugin, keysPlugin, transactPlugin],
  exports: {
    prove,
    create: described(
      "Invites people into the app; what they do at first is at your expense.",
      create,
    ),
    createFor: described("Invites people into an app.", createFor),
    look: described("Says who invites, and where to.", look),
    accept: described("Comes in by an invite.", accept),
    list: described("Lists your invites.", list),
    revoke: described("Takes an invite back.", revoke),
  },
});
