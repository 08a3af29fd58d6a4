import type { AccountName, MethodName } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";

type Names<T, Keys extends string> = { readonly [K in Keys]: T };

/** The services that the node itself calls. What they do is in the state, and changes by transactions. */
export const systemAccounts: Names<
  AccountName,
  | "transact"
  | "accounts"
  | "authSig"
  | "authAny"
  | "authKeys"
  | "producers"
  | "quotas"
  | "setcode"
  | "sites"
  | "stagedTx"
  | "verifySig"
  | "webAuthn"
> = {
  transact: accountNameConstant("transact"),
  accounts: accountNameConstant("accounts"),
  authSig: accountNameConstant("auth-sig"),
  authAny: accountNameConstant("auth-any"),
  /** Says since when login tokens count. */
  authKeys: accountNameConstant("auth-keys"),
  producers: accountNameConstant("producers"),
  /** Its tables say what accounts may use. */
  quotas: accountNameConstant("quotas"),
  /** Its tables say which code is installed where. */
  setcode: accountNameConstant("setcode"),
  sites: accountNameConstant("sites"),
  /** The one service that may have actions run in the name of accounts that have not signed the transaction. */
  stagedTx: accountNameConstant("staged-tx"),
  /** Name how a claim is checked; the node checks signatures and assertions of passkeys itself. */
  verifySig: accountNameConstant("verify-sig"),
  webAuthn: accountNameConstant("webauthn"),
};

export const systemMethods: Names<
  MethodName,
  | "authorize"
  | "authorizeStaged"
  | "createAccount"
  | "accountExists"
  | "wantedConsensus"
  | "bootstrap"
  | "serve"
  | "verify"
  | "logIn"
  | "tokensValidFrom"
> = {
  authorize: methodNameConstant("authorize"),
  authorizeStaged: methodNameConstant("authorizeStaged"),
  createAccount: methodNameConstant("create"),
  accountExists: methodNameConstant("exists"),
  wantedConsensus: methodNameConstant("wanted"),
  bootstrap: methodNameConstant("bootstrap"),
  serve: methodNameConstant("serve"),
  verify: methodNameConstant("verify"),
  /** No action: what auth services are asked about somebody who only wants to read. */
  logIn: methodNameConstant("logIn"),
  tokensValidFrom: methodNameConstant("tokensValidFrom"),
};
