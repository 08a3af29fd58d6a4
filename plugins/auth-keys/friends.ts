import { abort, check } from "@kith/sdk/abort";
import { acting, actingAs } from "@kith/sdk/acting";
import { checkCaller } from "@kith/sdk/callers";
import { keyClaim, provesClaim } from "@kith/sdk/claims";
import { implementFunction, type PluginContext } from "@kith/sdk/plugin";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { askForCode, parseDeviceLink } from "@kith/sdk/plugins/device-link";
import { askUser } from "@kith/sdk/plugins/prompt";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import { checkManaging } from "./devices.ts";
import { ownKeys } from "./own-keys.ts";
import { recoveryOf } from "./reading.ts";

const { functions } = authKeysPlugin;

export const setFriends = implementFunction(functions.setFriends, "none", (context, wanted) => {
  checkManaging(context);
  const { user } = context;
  const { friends, threshold, delaySeconds } = wanted;
  const days = Math.round(delaySeconds / 8640) / 10;
  const who = `${threshold} of ${friends.join(", ")}`;
  const sentence = `${who} can give ${user} to a new device, ${days} days after they agree.`;
  askUser(context, "confirm", { act: "set-friends", user, sentence });
  acting(context, ownKeys).setFriends(wanted);
});

export const clearFriends = implementFunction(functions.clearFriends, "none", (context) => {
  checkManaging(context);
  const { user } = context;
  const sentence = `No friends can help ${user} back in when all devices are lost.`;
  askUser(context, "confirm", { act: "clear-friends", user, sentence });
  acting(context, ownKeys).clearFriends({});
});

export const helpRecover = implementFunction(functions.helpRecover, "none", (context, args) => {
  checkManaging(context);
  const { user } = context;
  const link = parseDeviceLink(args.fragment);
  if (link?.helpers !== "friends") abort("link-malformed", "this is no link for friends");
  check(link.account !== user, "friend-is-self", "whoever is locked out cannot help");
  const { account } = link;
  const claim = keyClaim(link.publicKey);
  const underWay = recoveryOf(context, account);
  const { label } = askForCode(context, link);
  const actions = acting(context, ownKeys);
  const isSame = underWay !== undefined && provesClaim([underWay.claim], claim);
  if (isSame) actions.supportRecovery({ account, claim });
  else actions.startRecovery({ account, claim, label });
});

export const withdrawSupport = implementFunction(
  functions.withdrawSupport,
  "none",
  (context, args) => {
    checkManaging(context);
    acting(context, ownKeys).withdrawSupport(args);
  },
);

export const vetoRecovery = implementFunction(functions.vetoRecovery, "none", (context) => {
  checkManaging(context);
  const { user } = context;
  const sentence = `The friends of ${user} do not add a device after all.`;
  askUser(context, "confirm", { act: "veto-recovery", user, sentence });
  acting(context, ownKeys).vetoRecovery({});
});

export const finishRecovery = implementFunction(
  functions.finishRecovery,
  "none",
  (context, args) => {
    checkManaging(context);
    acting(context, ownKeys).finishRecovery(args);
  },
);

/** The key that waits proves itself: its owner has no other one, and needs nobody for the last step. */
export const finishAs = implementFunction(functions.finishAs, "none", (context, args) => {
  checkCaller(context, "accounts");
  const { account, claim } = args;
  const underWay = recoveryOf(context, account);
  if (underWay === undefined || !provesClaim([underWay.claim], claim)) return false;
  if (!isReady(context, underWay.readyAt)) return false;
  actingAs(context, ownKeys, account).finishRecovery({ account });
  context.call(transactPlugin).addClaim({ claim });
  return true;
});

function isReady({ about }: PluginContext, readyAt: number | undefined): boolean {
  return readyAt !== undefined && readyAt <= about.nowMicros;
}
