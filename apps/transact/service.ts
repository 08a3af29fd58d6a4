import { abort, check } from "@kith/sdk/abort";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface } from "@kith/sdk/system/auth";
import { transactInterface } from "@kith/sdk/system/transact";
import { table } from "@kith/sdk/table";
import { account, checksum, str, u8 } from "@kith/sdk/types";

import { chainNameCharsMax } from "./limits.ts";

/** Table 0 belongs to the node as well: it reads here which code runs on an account. */
const code = table("code", { account, codeHash: checksum }, { key: ["account"] });
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
    context.call(authInterface(authService)).checkAuth(args);
    return;
  }
  // An account makes itself: `accounts` checks that the transaction proves the key that it gets.
  const makesItself = args.service === accountsInterface.name && args.method === "create";
  check(makesItself, "account-unknown", `there is no account ${args.sender}`);
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
    const known = context.call(accountsInterface).exists({ name });
    check(known, "account-unknown", `there is no account ${name}`);
  }
  context.table(network).put({ ...only, ...settings });
});

export const transact: ServiceModule = service("transact", {
  tables: [code, network],
  actions: { authorize, network: getNetwork, setNetwork },
}).module;
