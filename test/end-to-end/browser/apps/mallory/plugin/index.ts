import { acting, actingAs } from "@kith/sdk/acting";
import { implementFunction, plugin, pluginFunction } from "@kith/sdk/plugin";
import { dataHost } from "@kith/sdk/plugin-host";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";
import { transactPlugin } from "@kith/sdk/plugins/transact";
import { serviceInterface } from "@kith/sdk/signature";
import { str, parseAccountName, type AccountName } from "@kith/sdk/types";

import { notebookService } from "../../notebook/interface.ts";
import { malloryPlugin } from "../interface.ts";

const { functions } = malloryPlugin;

/** Another type than the interface says. */
const friends = pluginFunction({}, str, "none", () => "alice\u{10ffff}, and nobody's list");

const endless = implementFunction(functions.endless, "none", () => {
  for (;;);
});

const keys = implementFunction(functions.keys, "none", (context) => {
  context.call(keysPlugin).list({});
});

/** What the notebook's plugin keeps, past the plugin that says whose is whose. */
const data = implementFunction(functions.data, "none", (context) => {
  context.call(dataHost).keys({ owner: named("notebook"), bucket: "notes", mode: 0, duration: 1 });
});

/** Gives itself what the user is to be asked for. */
const trust = implementFunction(functions.trust, "none", (context) => {
  const [caller, callee] = [context.self, named("notebook")];
  context.call(permissionsPlugin).authorize({ caller, callee, called: "add", level: "high" });
});

/** The notebook's action, as if it were its own. */
const own = serviceInterface("mallory", notebookService.actions);

const write = implementFunction(functions.write, "none", (context) =>
  acting(context, own).write({ text: "forged" }),
);

/** The same in the name of whoever may be here. */
const writeAs = implementFunction(functions.writeAs, "none", (context) =>
  actingAs(context, own, context.user).write({ text: "forged" }),
);

export const mallory = plugin("mallory", {
  imports: [dataHost, keysPlugin, permissionsPlugin, transactPlugin],
  exports: { friends, endless, keys, data, trust, write, writeAs },
});

function named(text: string): AccountName {
  const name = parseAccountName(text);
  if (!name.ok) throw new TypeError(text);
  return name.value;
}
