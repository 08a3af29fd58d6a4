import type { AccountName, MethodName } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";

type Names<T, Keys extends string> = { readonly [K in Keys]: T };

/** The services that the node itself calls. What they do is in the state, and changes by transactions. */
export const systemAccounts: Names<
  AccountName,
  "transact" | "accounts" | "authSig" | "producers" | "sites" | "verifySig"
> = {
  transact: accountNameConstant("transact"),
  accounts: accountNameConstant("accounts"),
  authSig: accountNameConstant("auth-sig"),
  producers: accountNameConstant("producers"),
  sites: accountNameConstant("sites"),
  /** Names how a claim is checked; the node checks Ed25519 and P-256 signatures itself. */
  verifySig: accountNameConstant("verify-sig"),
};

export const systemMethods: Names<
  MethodName,
  "authorize" | "createAccount" | "accountExists" | "wantedConsensus" | "bootstrap" | "serve"
> = {
  authorize: methodNameConstant("authorize"),
  createAccount: methodNameConstant("create"),
  accountExists: methodNameConstant("exists"),
  wantedConsensus: methodNameConstant("wanted"),
  bootstrap: methodNameConstant("bootstrap"),
  serve: methodNameConstant("serve"),
};
