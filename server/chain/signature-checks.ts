import type { BlockId } from "@kith/protocol/ids";
import { parsePublicKey } from "@kith/protocol/keys";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Claim } from "@kith/protocol/transaction";
import { signingMessage, type PreparedTransaction } from "@kith/protocol/transactions";
import { parseWebAuthnClaim, webAuthnCheck } from "@kith/protocol/webauthn";

import type { TransactionError } from "./errors.ts";
import { customClaimsMax } from "./limits.ts";
import { systemAccounts } from "./system-accounts.ts";

/** One signature to check: the message, the SPKI public key and the signature. */
export type SignatureCheck = {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
};

/** Claims whose proofs the node checks itself, without looking at the state. */
export function isNativeClaim({ service }: Claim): boolean {
  return service === systemAccounts.verifySig || service === systemAccounts.webAuthn;
}

/**
 * What has to be true for every native claim to be proved, given the reference block. Nothing here depends on the
 * state, so that it can be known, and checked on other threads, long before the transaction's turn comes.
 */
export function checksOf(
  prepared: PreparedTransaction,
  refBlockId: BlockId,
): Result<SignatureCheck[], TransactionError> {
  const { claims } = prepared.transaction;
  const { proofs } = prepared.signed;
  if (claims.length !== proofs.length) {
    return err({ code: "proof-count-wrong", claims: claims.length, proofs: proofs.length });
  }
  const native = claims.filter(isNativeClaim).length;
  if (claims.length - native > customClaimsMax) {
    const custom = claims.length - native;
    return err({ code: "too-many-custom-claims", claims: custom, claimsMax: customClaimsMax });
  }
  const message = signingMessage(prepared.id, refBlockId);
  const checks: SignatureCheck[] = [];
  for (const [at, claim] of claims.entries()) {
    const proof = proofs[at];
    if (proof === undefined || !isNativeClaim(claim)) continue;
    const check = checkOf(claim, proof, message);
    if (!check.ok) return err(check.error(at));
    checks.push(check.value);
  }
  return ok(checks);
}

/** The error of a claim whose place is known to the caller. */
type Misfit = { readonly ok: false; readonly error: (claim: number) => TransactionError };

function checkOf(
  { service, rawData }: Claim,
  proof: Uint8Array,
  message: Uint8Array,
): { readonly ok: true; readonly value: SignatureCheck } | Misfit {
  if (service === systemAccounts.verifySig) {
    if (!parsePublicKey(rawData).ok) return malformed;
    return { ok: true, value: { message, publicKey: rawData, signature: proof } };
  }
  const wanted = parseWebAuthnClaim(rawData);
  if (wanted === undefined) return malformed;
  const check = webAuthnCheck(wanted, proof, message);
  if (check.ok) return check;
  const { code: reason } = check.error;
  const text = "the assertion is not for this transaction, this page or this passkey";
  return {
    ok: false,
    error: (claim) => ({ code: "proof-refused", claim, reason, message: text }),
  };
}

const malformed: Misfit = {
  ok: false,
  error: (claim) => ({ code: "claim-malformed", claim }),
};
