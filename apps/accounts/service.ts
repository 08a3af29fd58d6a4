import { abort, check } from "@kith/sdk/abort";
import { keyClaim, provesClaim, type Claim } from "@kith/sdk/claims";
import type { ActionContext, QueryContext } from "@kith/sdk/context";
import { answering } from "@kith/sdk/query";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import {
  accountsInterface,
  type AccountRules,
  type AccountStanding,
  type NewAccount,
} from "@kith/sdk/system/accounts";
import { accountsQueries } from "@kith/sdk/system/accounts-queries";
import { authInterface, authSigInterface } from "@kith/sdk/system/auth";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { authGroupInterface } from "@kith/sdk/system/auth-group";
import { authKeysSetUp } from "@kith/sdk/system/auth-keys-set-up";
import { inviteAccount } from "@kith/sdk/system/invite-account";
import { transactInterface } from "@kith/sdk/system/transact";
import { table } from "@kith/sdk/table";
import { account, bool, u8, type AccountName } from "@kith/sdk/types";

import { nameCharsMax } from "./limits.ts";
import { neededNames, nodePrefix, reservedNames } from "./reserved-names.ts";

const known = table(
  "accounts",
  { name: account, authService: account, locked: bool },
  { key: ["name"] },
);
const settings = table("settings", { id: u8, openRegistration: bool }, { key: ["id"] });
/** Names of how many characters everybody may have. Without a row: of any. */
const nameRules = table("nameRules", { id: u8, freeNameCharsMin: u8 }, { key: ["id"] });
const only = { id: 0 };
const { actions } = accountsInterface;

const create = implement(actions.create, (context, args) => {
  const { name, devices, key } = args;
  checkFree(context, name, context.sender);
  if (context.sender === name) {
    checkOpen(context);
    checkClaimed(context, firstClaim(args));
  } else {
    checkOwner(context, "only the owner of the network makes accounts for others");
  }
  if (devices !== undefined) {
    setUpKeys(context, name, { claim: firstClaim(args), label: devices });
    return;
  }
  check(args.claim === undefined, "devices-missing", "name the device that this passkey is on");
  context.table(known).put({ name, authService: authSigInterface.name, locked: false });
  context.call(authSigInterface).setKeyOf({ account: name, key });
});

const createInvited = implement(actions.createInvited, (context, { name, ...first }) => {
  const { sender } = context;
  check(sender === inviteAccount, "not-allowed", "only `invite` makes accounts by invites");
  checkFree(context, name, sender);
  checkClaimed(context, first.claim);
  setUpKeys(context, name, first);
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

const standingOf = implement(actions.standingOf, standingOfAccount);

const setOpenRegistration = implement(actions.setOpenRegistration, (context, { open }) => {
  if (context.blockNum !== 1)
    checkOwner(context, "only the owner of the network opens registration");
  context.table(settings).put({ ...only, openRegistration: open });
});

const openRegistration = implement(actions.openRegistration, isOpen);

const setFreeNameChars = implement(actions.setFreeNameChars, (context, { chars }) => {
  checkOwner(context, "only the owner of the network says which names are free");
  const isLength = chars >= 1 && chars <= nameCharsMax;
  check(isLength, "chars-wrong", `names have 1 to ${nameCharsMax} characters`);
  context.table(nameRules).put({ ...only, freeNameCharsMin: chars });
});

const rules = implement(actions.rules, rulesOf);

const queries = {
  rules: answering(accountsQueries.rules, rulesOf),
  exists: answering(accountsQueries.exists, (context, { name }) =>
    context.table(known).has({ name }),
  ),
  standing: answering(accountsQueries.standing, standingOfAccount),
  nameStanding: answering(accountsQueries.nameStanding, (context, { name }) => {
    if (context.table(known).has({ name })) return "taken";
    if (name.startsWith(nodePrefix) || reservedNames.has(name)) return "reserved";
    return name.length < freeNameCharsMin(context) ? "short" : "free";
  }),
};

export const accounts: ServiceModule = service("accounts", {
  tables: [known, settings, nameRules],
  actions: {
    create,
    createInvited,
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
    setFreeNameChars,
    rules,
  },
  queries,
}).module;

function checkFree(context: ActionContext, name: AccountName, creator: AccountName): void {
  check(!context.table(known).has({ name }), "account-exists", `${name} is taken`);
  checkName(context, name, creator);
}

/** What the account's first device or passkey proves. */
function firstClaim({ key, claim }: NewAccount): Claim {
  if (claim === undefined) return keyClaim(key);
  check(key.length === 0, "two-keys", "the first key is a key or a passkey, not both");
  return claim;
}

function setUpKeys(
  context: ActionContext,
  name: AccountName,
  first: { readonly claim: Claim; readonly label: string },
): void {
  context.table(known).put({ name, authService: authKeysSetUp.name, locked: false });
  context.call(authKeysSetUp).setUp({ account: name, ...first });
}

function standingOfAccount(
  context: QueryContext,
  { name }: { readonly name: AccountName },
): AccountStanding | undefined {
  const row = context.table(known).get({ name });
  return row === undefined ? undefined : { authService: row.authService, locked: row.locked };
}

function rulesOf(context: QueryContext): AccountRules {
  return { openRegistration: isOpen(context), freeNameCharsMin: freeNameCharsMin(context) };
}

function freeNameCharsMin(context: QueryContext): number {
  return context.table(nameRules).get(only)?.freeNameCharsMin ?? 1;
}

function checkName(context: ActionContext, name: AccountName, creator: AccountName): void {
  const ofNode = name.startsWith(nodePrefix);
  check(!ofNode, "account-name-reserved", `names that start with ${nodePrefix} belong to nodes`);
  if (context.blockNum === 1) return;
  const isReserved = reservedNames.has(name);
  const charsMin = freeNameCharsMin(context);
  const isShort = name.length < charsMin;
  if ((!isReserved && !isShort) || isNetworkOwner(context, creator)) return;
  check(!isReserved, "account-name-reserved", `${name} is a reserved name`);
  abort(
    "account-name-short",
    `${name} is short: names of ${charsMin} to ${nameCharsMax} characters are free for everybody; ask the owner of the network for a shorter one`,
  );
}

const closedMessage = "on this network the owner makes accounts";

function checkOpen(context: ActionContext): void {
  check(isOpen(context), "registration-closed", closedMessage);
}

function isOpen(context: QueryContext): boolean {
  return context.table(settings).get(only)?.openRegistration ?? false;
}

/** The transaction proves its claims, so a claim of the key shows that the new account's owner holds it. */
function checkClaimed(context: ActionContext, claim: Claim): void {
  const claimed = provesClaim(context.claims, claim);
  check(claimed, "key-not-proved", "the transaction has to be signed with the key that it sets");
}

function checkOwner(context: ActionContext, message: string): void {
  if (context.blockNum === 1) return;
  check(isNetworkOwner(context, context.sender), "not-the-owner", message);
}

function isNetworkOwner(context: ActionContext, name: AccountName): boolean {
  return context.call(transactInterface).network({})?.owner === name;
}
