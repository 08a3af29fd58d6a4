import { checkManager } from "@kith/sdk/callers";
import { implementFunction } from "@kith/sdk/plugin";
import { sessionHost } from "@kith/sdk/plugin-host";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { askUser } from "@kith/sdk/plugins/prompt";

import {
  currentAccount,
  isEverywhere,
  setCurrentAccount,
  setEverywhere as rememberEverywhere,
} from "./browser-memory.ts";
import { enter, enterNew, keyOfKnown, knownAccounts } from "./entering.ts";
import { makeAccount } from "./new-account.ts";

const { functions } = accountsPlugin;

export const create = implementFunction(functions.create, "none", (context, args) => {
  checkManager(context);
  const publicKey = makeAccount(context, args);
  enterNew(context, { name: args.name, publicKey }, args.everywhere);
});

export const known = implementFunction(functions.known, "none", (context) => {
  checkManager(context);
  const current = currentAccount(context);
  return knownAccounts(context).map(({ name }) => ({ account: name, isCurrent: name === current }));
});

export const switchTo = implementFunction(functions.switchTo, "none", (context, { account }) => {
  checkManager(context);
  keyOfKnown(context, account);
  enter(context, account);
});

export const everywhere = implementFunction(functions.everywhere, "none", (context) => {
  checkManager(context);
  return isEverywhere(context);
});

export const setEverywhere = implementFunction(
  functions.setEverywhere,
  "none",
  (context, wanted) => {
    checkManager(context);
    rememberEverywhere(context, wanted.everywhere);
  },
);

export const forget = implementFunction(functions.forget, "none", (context, { account }) => {
  checkManager(context);
  const publicKey = keyOfKnown(context, account);
  const sentence = `This browser can no longer act for ${account}, until another device lets it in again.`;
  askUser(context, "confirm", { act: "forget-account", user: account, sentence });
  if (currentAccount(context) === account) {
    const next = knownAccounts(context).find(({ name }) => name !== account);
    setCurrentAccount(context, next?.name);
  }
  context.call(sessionHost).forget({ name: account });
  // A key that is still here would be of use to who finds this browser.
  context.call(keysPlugin).remove({ publicKey });
});

export const connectedApps = implementFunction(functions.connectedApps, "none", (context) => {
  checkManager(context);
  return context.call(sessionHost).connected({});
});

export const disconnect = implementFunction(functions.disconnect, "none", (context, { app }) => {
  checkManager(context);
  const session = context.call(sessionHost);
  const connection = session.connected({}).find((each) => each.app === app);
  session.disconnect({ app });
  // What the app can still read in the name of somebody else is for him to end.
  if (connection !== undefined && connection.account === context.about.user) {
    context.call(authKeysPlugin).endSessions({ app });
  }
});
