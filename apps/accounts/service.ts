import { abort, check } from "@kith/sdk/abort";
import { provesKey } from "@kith/sdk/claims";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface, authSigInterface } from "@kith/sdk/system/auth";
import { transactInterface } from "@kith/sdk/system/transact";
import { table } from "@kith/sdk/table";
import { account, bool, u8, type AccountName } from "@kith/sdk/types";

import { nodePrefix, reservedNames } from "./reserved-names.ts";

const known = table("accounts", { name: account, authService: account }, { key: ["name"] });
const settings = table("settings", { id: u8, openRegistration: bool }, { key: ["id"] });
const only = { id: 0 };
const { actions } = accountsInterface;

const create = implement(actions.create, (context, { name, key }) => {
  checkFree(context, name);
  if (context.sender === name) {
    checkOpen(context);
    checkClaimed(context, key);
  } else {
    checkOwner(context, "only the owner of the network makes accounts for others");
  }
  context.table(known).put({ name, authService: authSigInterface.name });
  context.call(authSigInterface).setKeyOf({ account: name, key });
});

const createSystem = implement(actions.createSystem, (context, { name, authService }) => {
  check(context.blockNum === 1, "not-genesis", "system accounts are made by the genesis block");
  check(!context.table(known).has({ name }), "account-exists", `${name} is taken`);
  context.table(known).put({ name, authService });
});

const exists = implement(actions.exists, (context, { name }) => context.table(known).has({ name }));

const authServiceOf = implement(
  actions.authServiceOf,
  (context, { name }) => context.table(known).get({ name })?.authService,
);

const setAuthService = implement(actions.setAuthService, (context, { authService }) => {
  const name = context.sender;
  check(context.table(known).has({ name }), "account-unknown", `there is no account ${name}`);
  const able = context.call(authInterface(authService)).canAuthUser({ account: name });
  check(able, "auth-service-unable", `${authService} could not authorize ${name}`);
  context.table(known).put({ name, authService });
});

const setOpenRegistration = implement(actions.setOpenRegistration, (context, { open }) => {
  if (context.blockNum !== 1)
    checkOwner(context, "only the owner of the network opens registration");
  context.table(settings).put({ ...only, openRegistration: open });
});

const openRegistration = implement(
  actions.openRegistration,
  (context) => context.table(settings).get(only)?.openRegistration ?? false,
);

export const accounts: ServiceModule = service("accounts", {
  tables: [known, settings],
  actions: {
    create,
    createSystem,
    exists,
    authServiceOf,
    setAuthService,
    setOpenRegistration,
    openRegistration,
  },
}).module;

function checkFree(context: ActionContext, name: AccountName): void {
  check(!context.table(known).has({ name }), "account-exists", `${name} is taken`);
  const genesis = context.blockNum === 1;
  if (name.startsWith(nodePrefix)) {
    abort("account-name-reserved", `names that start with ${nodePrefix} belong to nodes`);
  }
  if (genesis || !reservedNames.has(name)) return;
  checkOwner(context, `${name} is a reserved name`, "account-name-reserved");
}

function checkOpen(context: ActionContext): void {
  const open = context.table(settings).get(only)?.openRegistration ?? false;
  check(open, "registration-closed", "on this network the owner makes accounts");
}

/** The transaction proves its claims, so a claim of the key shows that the new account's owner holds it. */
function checkClaimed(context: ActionContext, key: Uint8Array): void {
  const claimed = provesKey(context.claims, key);
  check(claimed, "key-not-proved", "the transaction has to be signed with the key that it sets");
}

function checkOwner(context: ActionContext, message: string, code = "not-the-owner"): void {
  if (context.blockNum === 1) return;
  const owner = context.call(transactInterface).network({})?.owner;
  check(owner === context.sender, code, message);
}
