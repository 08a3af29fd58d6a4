import { abort, check } from "@kith/sdk/abort";
import { provesKey } from "@kith/sdk/claims";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface, authSigInterface } from "@kith/sdk/system/auth";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { authGroupInterface } from "@kith/sdk/system/auth-group";
import { transactInterface } from "@kith/sdk/system/transact";
import { table } from "@kith/sdk/table";
import { account, bool, u8, type AccountName } from "@kith/sdk/types";

import { neededNames, nodePrefix, reservedNames } from "./reserved-names.ts";

const known = table(
  "accounts",
  { name: account, authService: account, locked: bool },
  { key: ["name"] },
);
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
  context.table(known).put({ name, authService: authSigInterface.name, locked: false });
  context.call(authSigInterface).setKeyOf({ account: name, key });
});

const createSystem = implement(actions.createSystem, (context, { name, authService }) => {
  check(context.blockNum === 1, "not-genesis", "system accounts are made by the genesis block");
  check(!context.table(known).has({ name }), "account-exists", `${name} is taken`);
  context.table(known).put({ name, authService, locked: false });
});

/** Auth services that make accounts, because for these there is no key that `create` could take. */
const makers: ReadonlySet<AccountName> = new Set([
  authDelegateInterface.name,
  authGroupInterface.name,
]);

const createUnder = implement(actions.createUnder, (context, { name, creator }) => {
  const authService = context.sender;
  check(makers.has(authService), "not-allowed", "only auth services make accounts for others");
  check(!context.table(known).has({ name }), "account-exists", `${name} is taken`);
  checkName(context, name, creator);
  const allowed = isOpen(context) || isNetworkOwner(context, creator);
  check(allowed, "registration-closed", closedMessage);
  context.table(known).put({ name, authService, locked: false });
});

const exists = implement(actions.exists, (context, { name }) => context.table(known).has({ name }));

const authServiceOf = implement(
  actions.authServiceOf,
  (context, { name }) => context.table(known).get({ name })?.authService,
);

const authServicesOf = implement(actions.authServicesOf, (context, { names }) => {
  const rows = context.table(known);
  return names.map((name) => rows.get({ name })?.authService);
});

const setAuthService = implement(actions.setAuthService, (context, { authService }) => {
  const name = context.sender;
  const row = context.table(known).get({ name });
  if (row === undefined) abort("account-unknown", `there is no account ${name}`);
  // The code of a locked account still runs, and calls this in its own name.
  check(!row.locked, "account-locked", `${name} is locked for ever`);
  const able = context.call(authInterface(authService)).canAuthUser({ account: name });
  check(able, "auth-service-unable", `${authService} could not authorize ${name}`);
  context.table(known).put({ name, authService, locked: false });
});

const lock = implement(actions.lock, (context, { name }) => {
  const { sender } = context;
  check(name === sender, "name-differs", `${sender} locks itself by its own name, not by ${name}`);
  check(context.table(known).has({ name }), "account-unknown", `there is no account ${name}`);
  const needed = neededNames.has(name) || isNetworkOwner(context, name);
  check(
    !needed,
    "account-needed",
    `the network needs ${name}: its owner or its services act by it`,
  );
  // Like a system account at genesis: this service authorizes nothing.
  context.table(known).put({ name, authService: accountsInterface.name, locked: true });
});

const standingOf = implement(actions.standingOf, (context, { name }) => {
  const row = context.table(known).get({ name });
  return row === undefined ? undefined : { authService: row.authService, locked: row.locked };
});

const setOpenRegistration = implement(actions.setOpenRegistration, (context, { open }) => {
  if (context.blockNum !== 1)
    checkOwner(context, "only the owner of the network opens registration");
  context.table(settings).put({ ...only, openRegistration: open });
});

const openRegistration = implement(actions.openRegistration, isOpen);

export const accounts: ServiceModule = service("accounts", {
  tables: [known, settings],
  actions: {
    create,
    createSystem,
    createUnder,
    exists,
    authServiceOf,
    authServicesOf,
    standingOf,
    setAuthService,
    lock,
    setOpenRegistration,
    openRegistration,
  },
}).module;

function checkFree(context: ActionContext, name: AccountName): void {
  check(!context.table(known).has({ name }), "account-exists", `${name} is taken`);
  checkName(context, name, context.sender);
}

function checkName(context: ActionContext, name: AccountName, creator: AccountName): void {
  const ofNode = name.startsWith(nodePrefix);
  check(!ofNode, "account-name-reserved", `names that start with ${nodePrefix} belong to nodes`);
  if (context.blockNum === 1 || !reservedNames.has(name)) return;
  const allowed = isNetworkOwner(context, creator);
  check(allowed, "account-name-reserved", `${name} is a reserved name`);
}

const closedMessage = "on this network the owner makes accounts";

function checkOpen(context: ActionContext): void {
  check(isOpen(context), "registration-closed", closedMessage);
}

function isOpen(context: ActionContext): boolean {
  return context.table(settings).get(only)?.openRegistration ?? false;
}

/** The transaction proves its claims, so a claim of the key shows that the new account's owner holds it. */
function checkClaimed(context: ActionContext, key: Uint8Array): void {
  const claimed = provesKey(context.claims, key);
  check(claimed, "key-not-proved", "the transaction has to be signed with the key that it sets");
}

function checkOwner(context: ActionContext, message: string): void {
  if (context.blockNum === 1) return;
  check(isNetworkOwner(context, context.sender), "not-the-owner", message);
}

function isNetworkOwner(context: ActionContext, name: AccountName): boolean {
  return context.call(transactInterface).network({})?.owner === name;
}
