import { abort, check } from "@kith/sdk/abort";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface } from "@kith/sdk/system/auth";
import { transactInterface } from "@kith/sdk/system/transact";
import { table } from "@kith/sdk/table";
import { account, str, u8, type AccountName } from "@kith/sdk/types";

import { chainNameCharsMax } from "./limits.ts";

const network = table(
  "network",
  { id: u8, chainName: str, owner: account, home: account },
  { key: ["id"] },
);
const only = { id: 0 };
const { actions } = transactInterface;

const authorize = implement(actions.authorize, (context, args) => {
  const authService = context.call(accountsInterface).authServiceOf({ name: args.sender });
  if (authService !== undefined) {
    checkOpen(args.sender, authService);
    context.call(authInterface(authService)).checkAuth(args);
    return;
  }
  // An account makes itself: `accounts` checks that the transaction proves the key that it gets.
  const makesItself = args.service === accountsInterface.name && args.method === "create";
  check(makesItself, "account-unknown", `there is no account ${args.sender}`);
});

const authorizeStaged = implement(actions.authorizeStaged, (context, args) => {
  const { sender } = args;
  const authService = context.call(accountsInterface).authServiceOf({ name: sender });
  if (authService === undefined) abort("account-unknown", `there is no account ${sender}`);
  checkOpen(sender, authService);
  const enough = context.call(authInterface(authService)).isAuthorized(args);
  check(enough, "approvals-missing", `those who agreed may not act for ${sender} without others`);
});

const getNetwork = implement(actions.network, (context) => context.table(network).get(only));

const setNetwork = implement(actions.setNetwork, (context, { settings }) => {
  const before = context.table(network).get(only);
  const allowed = before === undefined ? context.blockNum === 1 : before.owner === context.sender;
  check(allowed, "not-the-owner", "only the owner of the network changes its settings");
  if (settings.chainName.length > chainNameCharsMax) {
    abort("chain-name-too-long", `a network's name has at most ${chainNameCharsMax} characters`);
  }
  for (const name of [settings.owner, settings.home]) {
    const standing = context.call(accountsInterface).standingOf({ name });
    if (standing === undefined) abort("account-unknown", `there is no account ${name}`);
    const able = name !== settings.owner || !standing.locked;
    check(able, "account-locked", `${name} is locked and could never change the network again`);
  }
  context.table(network).put({ ...only, ...settings });
});

export const transact: ServiceModule = service("transact", {
  tables: [network],
  actions: { authorize, authorizeStaged, network: getNetwork, setNetwork },
}).module;

/** The auth service of a locked account is `accounts`, which authorizes nothing; so is that of system accounts. */
function checkOpen(sender: AccountName, authService: AccountName): void {
  const closed = authService === accountsInterface.name;
  check(!closed, "account-locked", `nobody acts in the name of ${sender}`);
}
