import { check } from "@kith/sdk/abort";
import { implementFunction, plugin, type Plugin, type PluginContext } from "@kith/sdk/plugin";
import { transactionHost } from "@kith/sdk/plugin-host";
import { transactPlugin, type OwnAction } from "@kith/sdk/plugins/transact";
import type { AccountName } from "@kith/sdk/types";

const { functions } = transactPlugin;

const addAction = implementFunction(functions.addAction, "none", (context, action) =>
  add(context, context.user, action),
);

const actions = implementFunction(functions.actions, "none", (context) =>
  context.call(transactionHost).actionsOf({ by: context.caller }),
);

const addActionAs = implementFunction(functions.addActionAs, "none", (context, given) => {
  checkProves(context);
  const { sender, ...action } = given;
  add(context, sender, action);
});

const addClaim = implementFunction(functions.addClaim, "none", (context, given) => {
  checkProves(context);
  context.call(transactionHost).addClaim({ ...given, prover: context.caller });
});

export const transact: Plugin<(typeof transactPlugin)["functions"]> = plugin("transact", {
  doc: "Makes one transaction of what an app and its plugins do.",
  imports: [transactionHost],
  exports: { addAction, actions, addActionAs, addClaim },
});

/** Whoever adds an action says nothing about whose service it is: it is the caller's own. */
function add(context: PluginContext, sender: AccountName, { method, rawData }: OwnAction): void {
  const by = context.caller;
  const action = { sender, service: by, method, rawData };
  context.call(transactionHost).addAction({ action, by });
}

/** Others act in the user's name only, whose auth plugin proves that. */
const provers: ReadonlySet<string> = new Set(["accounts", "auth-keys", "invite"]);

function checkProves({ caller }: PluginContext): void {
  check(provers.has(caller), "permission-denied", `${caller} acts in the user's name only`);
}
