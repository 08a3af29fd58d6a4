import type { AccountName, MethodName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { methodNameConstant } from "@kith/protocol/names";
import {
  contextHost,
  cryptoHost,
  dataHost,
  httpHost,
  keysHost,
  promptHost,
  sessionHost,
  transactionHost,
} from "@kith/sdk/plugin-host";
import type { AnyPlugin } from "@kith/sdk/plugin-interface";

/** Whose plugin may use a part of the supervisor's own functions. */
type Granted = { readonly host: AnyPlugin; readonly to: readonly AccountName[] | "all" };

const grants: readonly Granted[] = [
  { host: contextHost, to: "all" },
  { host: transactionHost, to: [accountNameConstant("transact")] },
  { host: keysHost, to: [accountNameConstant("keys")] },
  { host: dataHost, to: [accountNameConstant("clientdata")] },
  { host: promptHost, to: [accountNameConstant("prompt")] },
  { host: httpHost, to: [accountNameConstant("http")] },
  { host: sessionHost, to: [accountNameConstant("accounts")] },
  { host: cryptoHost, to: [accountNameConstant("crypto")] },
];

const methodsOf = new Map<AccountName, ReadonlySet<MethodName>>(
  grants.map(({ host }) => [
    host.name,
    new Set(Object.keys(host.functions).map((name) => methodNameConstant(name))),
  ]),
);

/** Names of the supervisor's own functions begin as no account's do. */
export function isHost(name: AccountName): boolean {
  return methodsOf.has(name);
}

export function hasHostFunction(host: AccountName, method: MethodName): boolean {
  return methodsOf.get(host)?.has(method) === true;
}

export function mayUse(plugin: AccountName, host: AccountName): boolean {
  const granted = grants.find((each) => each.host.name === host);
  return granted !== undefined && (granted.to === "all" || granted.to.includes(plugin));
}
