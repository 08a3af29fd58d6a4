import { abort } from "@kith/sdk/abort";
import { actingAs } from "@kith/sdk/acting";
import { checkCaller } from "@kith/sdk/callers";
import { keyClaim, verifySig } from "@kith/sdk/claims";
import { implementFunction, type PluginContext } from "@kith/sdk/plugin";
import { proveFunctions } from "@kith/sdk/plugins/auth";
import { askOwn } from "@kith/sdk/plugins/http";
import { flag, oneOf, record, whole } from "@kith/sdk/plugins/json-shape";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import type { NameRules, SignInProblem } from "@kith/sdk/plugins/prompt-kinds";
import { transactPlugin } from "@kith/sdk/plugins/transact";
import { serviceInterface } from "@kith/sdk/signature";
import { createAccount } from "@kith/sdk/system/new-account";
import type { AccountName } from "@kith/sdk/types";

const service = serviceInterface("accounts", { create: createAccount });
const nameCharsMax = 10;

const rulesShape = record({ openRegistration: flag, freeNameCharsMin: whole(nameCharsMax) });
const standingShape = oneOf("free", "taken", "reserved", "short");

/** Undefined where not everybody makes an account. */
export function openRules(context: PluginContext): NameRules | undefined {
  const rules = allRules(context);
  return rules.isOpen ? rules.names : undefined;
}

export function allRules(context: PluginContext): {
  readonly isOpen: boolean;
  readonly names: NameRules;
} {
  const rules = rulesShape.parse(askOwn(context, "rules", {})) ?? unreadable();
  const names = { charsMin: rules.freeNameCharsMin, charsMax: nameCharsMax };
  return { isOpen: rules.openRegistration, names };
}

/** Why nobody can have this name now; undefined for a free one. */
export function problemOf(context: PluginContext, name: AccountName): SignInProblem | undefined {
  const reason = standingShape.parse(askOwn(context, "nameStanding", { name })) ?? unreadable();
  return reason === "free" ? undefined : { name, reason };
}

/** Has the account made, with a fresh key of this browser that proves itself; the key as SPKI. */
export function makeAccount(
  context: PluginContext,
  { name, device }: { readonly name: AccountName; readonly device: string },
): Uint8Array {
  const key = context.call(keysPlugin).create({});
  actingAs(context, service, name).create({ name, key, devices: device });
  context.call(transactPlugin).addClaim({ claim: keyClaim(key) });
  return key;
}

export const prove = implementFunction(proveFunctions.prove, "none", (context, args) => {
  checkCaller(context, "supervisor");
  const { claim, message } = args;
  if (claim.service !== verifySig) abort("claim-unknown", "new accounts begin with a key");
  return context.call(keysPlugin).sign({ publicKey: claim.rawData, message });
});

function unreadable(): never {
  return abort("answer-malformed", "the service's answer is unreadable");
}
