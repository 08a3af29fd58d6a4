import { abort } from "@kith/sdk/abort";
import { checkCaller } from "@kith/sdk/callers";
import { keyClaim, verifySig, webAuthn } from "@kith/sdk/claims";
import { implementFunction, plugin, type Plugin } from "@kith/sdk/plugin";
import { authFunctions } from "@kith/sdk/plugins/auth";
import { keysPlugin } from "@kith/sdk/plugins/keys";

const claims = implementFunction(authFunctions.claims, "none", (context, { key }) => {
  checkCaller(context, "supervisor");
  return [keyClaim(key)];
});

const prove = implementFunction(authFunctions.prove, "none", (context, { claim, message }) => {
  checkCaller(context, "supervisor");
  const keys = context.call(keysPlugin);
  if (claim.service === verifySig) return keys.sign({ publicKey: claim.rawData, message });
  if (claim.service === webAuthn) return keys.provePasskey({ claim: claim.rawData, message });
  return abort("claim-unknown", `nothing here proves what ${claim.service} verifies`);
});

export const authSig: Plugin<typeof authFunctions> = plugin("auth-sig", {
  doc: "Speaks for accounts that have one key.",
  imports: [keysPlugin],
  exports: { claims, prove },
});
