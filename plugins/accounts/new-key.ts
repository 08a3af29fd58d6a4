import { equalBytes } from "@kith/sdk/bytes";
import { keyClaim, webAuthn } from "@kith/sdk/claims";
import { provesClaim, type Claim } from "@kith/sdk/claims";
import type { PluginContext } from "@kith/sdk/plugin";
import type { Newcomer } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { deviceCode, writeDeviceLink, type DeviceLink } from "@kith/sdk/plugins/device-link";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { askUser } from "@kith/sdk/plugins/prompt";
import type { PromptDetails, SignInProblem } from "@kith/sdk/plugins/prompt-kinds";
import type { AccountName } from "@kith/sdk/types";

import { waitingKeys, waitWith } from "./browser-memory.ts";
import { enterNew } from "./entering.ts";
import { parseRecoveryCode, seedOf } from "./recovery-code.ts";

type Tried = { readonly newcomer: Newcomer } | { readonly problem?: SignInProblem };

/** How somebody who has an account gets this browser a key of it. */

/** A passkey signs that the new key is added, after it has been found out which one it is. */
export function newKeyByPasskey(context: PluginContext, device: string): Tried {
  const keys = context.call(keysPlugin);
  const chosen = keys.choosePasskey({});
  const { account } = chosen;
  const claims = claimsOf(context, account).filter(({ service }) => service === webAuthn);
  const place = keys.matchPasskey({ ...chosen, claims: claims.map(({ rawData }) => rawData) });
  const by = place === undefined ? undefined : claims[place];
  if (by === undefined) return { problem: { name: account, reason: "no-passkey" } };
  return { newcomer: addKey(context, { account, device }, { by }) };
}

/** What is printed on paper signs. It is asked for until it is right. */
export function newKeyByCode(context: PluginContext): Tried {
  let problem: PromptDetails["enter-recovery-code"] = {};
  for (;;) {
    const { account, code: typed, device } = askUser(context, "enter-recovery-code", problem);
    const code = parseRecoveryCode(context, account, typed);
    if (code === undefined) {
      problem = { problem: "malformed" };
      continue;
    }
    const seed = seedOf(context, account, code);
    const by = keyClaim(context.call(keysPlugin).publicKeyOfSeed({ seed }));
    if (provesClaim(claimsOf(context, account), by)) {
      return { newcomer: addKey(context, { account, device }, { by, kept: seed }) };
    }
    problem = { problem: "unknown" };
  }
}

type Wanted = {
  readonly account: AccountName;
  readonly device: string;
  readonly helpers: DeviceLink["helpers"];
};

/**
 * Another device, or friends, add the key. Until then it is kept with the account that it is for, so that nobody else's
 * account can take the browser in, and the next attempt goes on with the same key.
 */
export function waitForKey(context: PluginContext, { account, device, helpers }: Wanted): Tried {
  if (claimsOf(context, account).length === 0) {
    return { problem: { name: account, reason: "unknown" } };
  }
  const publicKey = keyThatWaits(context, account);
  const link: DeviceLink = { helpers, account, publicKey, label: device };
  const details = {
    step: "show",
    account,
    link: writeDeviceLink(context.about.root, link),
    code: deviceCode(context, link),
    helpers,
  } as const;
  const claim = keyClaim(publicKey);
  for (let isStillWaiting = false; ; isStillWaiting = true) {
    askUser(context, "add-device", { ...details, isStillWaiting });
    const isIn =
      provesClaim(claimsOf(context, account), claim) ||
      context.call(authKeysPlugin).finishAs({ account, claim });
    if (!isIn) continue;
    enterNew(context, { name: account, publicKey });
    return { newcomer: { account, isNew: false, key: publicKey, device } };
  }
}

function keyThatWaits(context: PluginContext, account: AccountName): Uint8Array {
  const known = waitingKeys(context).find((each) => each.account === account);
  const keys = context.call(keysPlugin);
  const isHere = (publicKey: Uint8Array): boolean =>
    keys.list({}).some((key) => equalBytes(key.publicKey, publicKey));
  if (known !== undefined && isHere(known.publicKey)) return known.publicKey;
  const publicKey = keys.create({});
  // It waits longer than this page is open.
  keys.keep({ publicKey, always: true });
  waitWith(context, { account, publicKey });
  return publicKey;
}

function addKey(
  context: PluginContext,
  { account, device }: { readonly account: AccountName; readonly device: string },
  proof: { readonly by: Claim; readonly kept?: Uint8Array },
): Newcomer {
  const key = context.call(keysPlugin).create({});
  const added = { claim: keyClaim(key), role: "device", label: device } as const;
  context.call(authKeysPlugin).addKeyAs({ account, ...added, ...proof });
  enterNew(context, { name: account, publicKey: key });
  return { account, isNew: false, key, device };
}

function claimsOf(context: PluginContext, account: AccountName): readonly Claim[] {
  return context
    .call(authKeysPlugin)
    .keysOf({ account })
    .map(({ claim }) => claim);
}
