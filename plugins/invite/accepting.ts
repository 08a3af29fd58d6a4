import { abort, check } from "@kith/sdk/abort";
import { acting, actingAs } from "@kith/sdk/acting";
import { checkCaller, checkManager } from "@kith/sdk/callers";
import { keyClaim, verifySig } from "@kith/sdk/claims";
import { implementFunction, type PluginContext } from "@kith/sdk/plugin";
import { accountsPlugin, type Newcomer } from "@kith/sdk/plugins/accounts";
import { proveFunctions } from "@kith/sdk/plugins/auth";
import { invitePlugin } from "@kith/sdk/plugins/invite";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { transactPlugin } from "@kith/sdk/plugins/transact";

import { parseInviteLink } from "./invite-link.ts";
import { inviteOf } from "./reading.ts";
import { service } from "./service.ts";

const { functions } = invitePlugin;

export const look = implementFunction(functions.look, "none", (context, { fragment }) => {
  checkManager(context);
  const { seed } = parseInviteLink(fragment);
  return inviteOf(context, keyOf(context, seed));
});

/** Whoever comes chooses a name, or says who he is; the invite's key proves that he was invited. */
export const accept = implementFunction(functions.accept, "none", (context, { fragment }) => {
  checkManager(context);
  const { seed, path } = parseInviteLink(fragment);
  const key = keyOf(context, seed);
  const invite = inviteOf(context, key);
  if (invite === undefined) abort("invite-unknown", "there is no such invite");
  const { inviter, app, memo, state } = invite;
  check(state === "open", `invite-${state}`, `this invite is ${state}; ask ${inviter} for another`);
  const newcomer = context.call(accountsPlugin).welcome({ inviter, app, memo });
  context.call(transactPlugin).addClaim({ claim: keyClaim(key), kept: seed });
  if (newcomer.isNew) comeAsNew(context, newcomer);
  else join(context, newcomer, key);
  return { account: newcomer.account, app, path };
});

/** The account `invite` has it made, which is authorized by the invite, and at the inviter's expense. */
function comeAsNew(context: PluginContext, { account, key, device }: Newcomer): void {
  const claim = keyClaim(key);
  const made = { name: account, claim, label: device };
  actingAs(context, service, context.self).accept(made);
  context.call(transactPlugin).addClaim({ claim });
}

function join(context: PluginContext, { account, key: own }: Newcomer, key: Uint8Array): void {
  if (account === context.about.user) {
    acting(context, service).join({ key });
    return;
  }
  // Whoever is not signed in to this page proves himself by this browser's key.
  actingAs(context, service, account).join({ key });
  context.call(transactPlugin).addClaim({ claim: keyClaim(own) });
}

/** The invite's key is made of what was kept with its claim; others are this browser's. */
export const prove = implementFunction(proveFunctions.prove, "none", (context, args) => {
  checkCaller(context, "supervisor");
  const { claim, message, kept } = args;
  if (claim.service !== verifySig) abort("claim-unknown", "invites are proved by keys");
  const keys = context.call(keysPlugin);
  if (kept !== undefined) return keys.signWithSeed({ seed: kept, message });
  return keys.sign({ publicKey: claim.rawData, message });
});

function keyOf(context: PluginContext, seed: Uint8Array): Uint8Array {
  return context.call(keysPlugin).publicKeyOfSeed({ seed });
}
