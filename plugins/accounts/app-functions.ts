import { checkCaller, checkOwnPage } from "@kith/sdk/callers";
import { implementFunction } from "@kith/sdk/plugin";
import { sessionHost } from "@kith/sdk/plugin-host";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";

import { currentAccount, isEverywhere, isSignedOut, setSignedOut } from "./browser-memory.ts";
import { enter, knownAccounts } from "./entering.ts";
import { choose, signInByAsking } from "./sign-in.ts";

const { functions } = accountsPlugin;

export const current = implementFunction(
  functions.current,
  "none",
  (context) => context.about.user,
);

export const signIn = implementFunction(functions.signIn, "none", (context) => {
  checkOwnPage(context);
  const { app, user } = context.about;
  if (user !== undefined) return user;
  const first = currentAccount(context);
  const isHere = knownAccounts(context).some(({ name }) => name === first);
  // Somebody who has signed out does not want to be let in again unasked.
  const mayEnter = isHere && isEverywhere(context) && !isSignedOut(context, app);
  if (first === undefined || !mayEnter) return choose(context);
  enter(context, first);
  return first;
});

export const chooseAccount = implementFunction(functions.chooseAccount, "none", (context) => {
  checkOwnPage(context);
  return choose(context);
});

export const signOut = implementFunction(functions.signOut, "none", (context) => {
  checkOwnPage(context);
  const { app } = context;
  context.call(sessionHost).disconnect({ app });
  setSignedOut(context, app, true);
});

export const welcome = implementFunction(functions.welcome, "none", (context, invite) => {
  checkCaller(context, "invite");
  return signInByAsking(context, invite);
});
