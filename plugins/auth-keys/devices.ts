import { abort } from "@kith/sdk/abort";
import { acting, actingAs } from "@kith/sdk/acting";
import { checkCaller, checkManager } from "@kith/sdk/callers";
import { keyClaim, provesClaim } from "@kith/sdk/claims";
import { implementFunction, type PluginContext } from "@kith/sdk/plugin";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { askUser } from "@kith/sdk/plugins/prompt";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import { ownKeys } from "./own-keys.ts";
import { keysOfAccount } from "./reading.ts";

const { functions } = authKeysPlugin;

export const addKey = implementFunction(functions.addKey, "none", (context, key) => {
  checkCaller(context, "accounts");
  acting(context, ownKeys).addKey(key);
});

export const addKeyAs = implementFunction(functions.addKeyAs, "none", (context, args) => {
  checkCaller(context, "accounts");
  const { account, by, kept, ...key } = args;
  actingAs(context, ownKeys, account).addKey(key);
  context.call(transactPlugin).addClaim({ claim: by, ...(kept === undefined ? {} : { kept }) });
});

export const keysOf = implementFunction(functions.keysOf, "none", (context, { account }) => {
  checkCaller(context, "accounts");
  return keysOfAccount(context, account);
});

export const devices = implementFunction(functions.devices, "none", (context) => {
  checkManaging(context);
  const own = context
    .call(keysPlugin)
    .list({})
    .map(({ publicKey }) => keyClaim(publicKey));
  return keysOfAccount(context, context.user).map((device) => ({
    ...device,
    isThis: provesClaim(own, device.claim),
  }));
});

export const removeDevice = implementFunction(functions.removeDevice, "none", (context, { id }) => {
  checkManaging(context);
  const { user } = context;
  const device = keysOfAccount(context, user).find((key) => key.id === id);
  if (device === undefined) abort("key-unknown", `${user} has no key ${id}`);
  const sentence = `“${device.label}” can no longer act for ${user}, and all login tokens end.`;
  askUser(context, "confirm", { act: "remove-device", user, sentence });
  acting(context, ownKeys).removeKey({ id });
});

export const renameDevice = implementFunction(functions.renameDevice, "none", (context, args) => {
  checkManaging(context);
  acting(context, ownKeys).renameKey(args);
});

export const endSessions = implementFunction(functions.endSessions, "none", (context, args) => {
  checkManaging(context);
  acting(context, ownKeys).endSessions(args);
});

/** `accounts` checks by itself who made it call. */
export function checkManaging(context: PluginContext): void {
  if (context.caller !== "accounts") checkManager(context);
}
