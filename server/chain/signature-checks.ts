import type { BlockId } from "@kith/protocol/ids";
import { parsePublicKey } from "@kith/protocol/keys";
import { err, ok, type Result } from "@kith/protocol/result";
import { signingMessage, type PreparedTransaction } from "@kith/protocol/transactions";

import type { TransactionError } from "./errors.ts";
import { systemAccounts } from "./system-accounts.ts";

/** One signature to check: the message, the SPKI public key and the signature. */
export type SignatureCheck = {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
};

/** What has to be true for every claim to be proved, given the reference block. */
export function checksOf(
  prepared: PreparedTransaction,
  refBlockId: BlockId,
): Result<SignatureCheck[], TransactionError> {
  const { claims } = prepared.transaction;
  const { proofs } = prepared.signed;
  if (claims.length !== proofs.length) {
    return err({ code: "proof-count-wrong", claims: claims.length, proofs: proofs.length });
  }
  const message = signingMessage(prepared.id, refBlockId);
  const checks: SignatureCheck[] = [];
  for (const [at, claim] of claims.entries()) {
    const signature = proofs[at];
    if (claim.service !== systemAccounts.verifySig) {
      return err({ code: "verify-service-unknown", service: claim.service });
    }
    if (signature === undefined || !parsePublicKey(claim.rawData).ok) {
      return err({ code: "claim-malformed", claim: at });
    }
    checks.push({ message, publicKey: claim.rawData, signature });
  }
  return ok(checks);
}
