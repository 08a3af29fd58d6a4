import { check } from "@kith/sdk/abort";
import { isPublicKey, provesKey } from "@kith/sdk/claims";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { table } from "@kith/sdk/table";
import { account, bytes } from "@kith/sdk/types";

const keys = table("keys", { account, key: bytes }, { key: ["account"] });
const { actions } = authSigInterface;

const checkAuth = implement(actions.checkAuth, (context, { sender }) => {
  const own = context.table(keys).get({ account: sender });
  const proved = own !== undefined && provesKey(context.claims, own.key);
  check(proved, "wrong-key", `the transaction is not signed with the key of ${sender}`);
});

const canAuthUser = implement(actions.canAuthUser, (context, args) =>
  context.table(keys).has({ account: args.account }),
);

const setKey = implement(actions.setKey, (context, { key }) => {
  checkKey(key);
  context.table(keys).put({ account: context.sender, key });
});

const setKeyOf = implement(actions.setKeyOf, (context, args) => {
  const allowed = context.sender === accountsInterface.name || context.blockNum === 1;
  check(allowed, "not-allowed", "only `accounts` sets the key of a new account");
  checkKey(args.key);
  context.table(keys).put({ account: args.account, key: args.key });
});

const keyOf = implement(
  actions.keyOf,
  (context, args) => context.table(keys).get({ account: args.account })?.key,
);

export const authSig: ServiceModule = service("auth-sig", {
  tables: [keys],
  actions: { checkAuth, canAuthUser, setKey, setKeyOf, keyOf },
}).module;

function checkKey(key: Uint8Array): void {
  check(isPublicKey(key), "key-malformed", "a key is the SPKI of an Ed25519 or P-256 public key");
}
