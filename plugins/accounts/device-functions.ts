import { abort, check } from "@kith/sdk/abort";
import { checkManager } from "@kith/sdk/callers";
import { keyClaim, webAuthn } from "@kith/sdk/claims";
import { implementFunction } from "@kith/sdk/plugin";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
import { askForCode, parseDeviceLink } from "@kith/sdk/plugins/device-link";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { askUser } from "@kith/sdk/plugins/prompt";

import { codeRandomBytes, printed, recoveryCodeOf, seedOf } from "./recovery-code.ts";

const { functions } = accountsPlugin;

export const addDevice = implementFunction(functions.addDevice, "none", (context, args) => {
  checkManager(context);
  const { user } = context;
  const link = parseDeviceLink(args.fragment);
  if (link?.helpers !== "devices") abort("link-malformed", "this is no link of a new device");
  const isOwn = link.account === user;
  check(isOwn, "other-account", `this device is for ${link.account}, and you are ${user}`);
  const { label } = askForCode(context, link);
  const claim = keyClaim(link.publicKey);
  context.call(authKeysPlugin).addKey({ claim, role: "device", label });
});

export const addPasskey = implementFunction(functions.addPasskey, "none", (context, { label }) => {
  checkManager(context);
  const rawData = context.call(keysPlugin).createPasskey({ account: context.user });
  const claim = { service: webAuthn, rawData };
  context.call(authKeysPlugin).addKey({ claim, role: "passkey", label });
});

export const makeRecoveryCode = implementFunction(
  functions.makeRecoveryCode,
  "none",
  (context, { label }) => {
    checkManager(context);
    const { user } = context;
    const random = context.call(cryptoPlugin).random({ sizeBytes: codeRandomBytes });
    const code = recoveryCodeOf(context, user, random);
    // A code that nobody has written down is not to open anything.
    askUser(context, "recovery-code", { account: user, code: printed(code) });
    const seed = seedOf(context, user, code);
    const claim = keyClaim(context.call(keysPlugin).publicKeyOfSeed({ seed }));
    context.call(authKeysPlugin).addKey({ claim, role: "recovery", label });
  },
);
