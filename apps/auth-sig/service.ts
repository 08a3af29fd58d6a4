import { check } from "@kith/sdk/abort";
import { isClaim, isPublicKey, keyClaim, provesClaim, verifySig } from "@kith/sdk/claims";
import type { QueryContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface, type Claim } from "@kith/sdk/system/auth";
import { table } from "@kith/sdk/table";
import { account, bytes, type AccountName } from "@kith/sdk/types";

/** What has to be claimed for the account: who verifies it, and what (for `verify-sig` the key as SPKI). */
const claims = table("claims", { account, service: account, rawData: bytes }, { key: ["account"] });
const { actions } = authSigInterface;

const checkAuth = implement(actions.checkAuth, (context, { sender }) => {
  const own = claimOfAccount(context, sender);
  const proved = own !== undefined && provesClaim(context.claims, own);
  check(proved, "wrong-key", `the transaction is not signed with the key of ${sender}`);
});

const canAuthUser = implement(actions.canAuthUser, (context, args) =>
  context.table(claims).has({ account: args.account }),
);

const isAuthorized = implement(actions.isAuthorized, (_context, { sender, by }) =>
  by.includes(sender),
);
const isRejected = implement(actions.isRejected, (_context, { sender, by }) => by.includes(sender));
const hasSay = implement(actions.hasSay, (_context, args) => args.account === args.by);

const setKey = implement(actions.setKey, (context, { key }) => {
  checkKey(key);
  context.table(claims).put({ account: context.sender, ...keyClaim(key) });
});

const setClaim = implement(actions.setClaim, (context, { claim }) => {
  check(isClaim(claim), "claim-malformed", `${claim.service} could never find this claim proved`);
  // Whoever cannot prove it now might never again reach his account.
  const proved = provesClaim(context.claims, claim);
  check(proved, "claim-not-proved", "the transaction has to prove the claim that it sets");
  context.table(claims).put({ account: context.sender, ...claim });
});

const setKeyOf = implement(actions.setKeyOf, (context, args) => {
  const allowed = context.sender === accountsInterface.name || context.blockNum === 1;
  check(allowed, "not-allowed", "only `accounts` sets the key of a new account");
  checkKey(args.key);
  context.table(claims).put({ account: args.account, ...keyClaim(args.key) });
});

const keyOf = implement(actions.keyOf, (context, args) => {
  const own = claimOfAccount(context, args.account);
  return own?.service === verifySig ? own.rawData : undefined;
});

const claimOf = implement(actions.claimOf, (context, args) =>
  claimOfAccount(context, args.account),
);

const claimsOf = implement(actions.claimsOf, (context, { accounts }) =>
  accounts.map((name) => claimOfAccount(context, name)),
);

export const authSig: ServiceModule = service("auth-sig", {
  tables: [claims],
  actions: {
    checkAuth,
    canAuthUser,
    isAuthorized,
    isRejected,
    hasSay,
    setKey,
    setClaim,
    setKeyOf,
    keyOf,
    claimOf,
    claimsOf,
  },
}).module;

function claimOfAccount(context: QueryContext, name: AccountName): Claim | undefined {
  const row = context.table(claims).get({ account: name });
  return row === undefined ? undefined : { service: row.service, rawData: row.rawData };
}

function checkKey(key: Uint8Array): void {
  check(isPublicKey(key), "key-malformed", "a key is the SPKI of an Ed25519 or P-256 public key");
}
