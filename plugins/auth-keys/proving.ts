import { abort } from "@kith/sdk/abort";
import { checkCaller } from "@kith/sdk/callers";
import { keyClaim, verifySig, webAuthn } from "@kith/sdk/claims";
import { implementFunction } from "@kith/sdk/plugin";
import { authFunctions } from "@kith/sdk/plugins/auth";
import { keysPlugin } from "@kith/sdk/plugins/keys";

export const claims = implementFunction(authFunctions.claims, "none", (context, { key }) => {
  checkCaller(context, "supervisor");
  return [keyClaim(key)];
});

/** A key of this browser, a passkey, or the seed of a recovery code, which was kept with the claim. */
export const prove = implementFunction(authFunctions.prove, "none", (context, args) => {
  checkCaller(context, "supervisor");
  const { claim, message, kept } = args;
  const keys = context.call(keysPlugin);
  if (kept !== undefined) return keys.signWithSeed({ seed: kept, message });
  if (claim.service === verifySig) return keys.sign({ publicKey: claim.rawData, message });
  if (claim.service === webAuthn) return keys.provePasskey({ claim: claim.rawData, message });
  return abort("claim-unknown", `nothing here proves what ${claim.service} verifies`);
});
