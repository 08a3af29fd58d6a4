import { verificationCodec } from "@kith/protocol/entry-points";
import type { BlockId } from "@kith/protocol/ids";
import type { Claim } from "@kith/protocol/transaction";
import { signingMessage, type PreparedTransaction } from "@kith/protocol/transactions";

import type { TransactionError } from "./errors.ts";
import { attempt, within, type BlockContext, type Failure } from "./execution.ts";
import { installedCode } from "./installed-code.ts";
import { verificationFuelMax } from "./limits.ts";
import { chainAccount } from "./own-rows.ts";
import { callService } from "./service-call.ts";
import { isNativeClaim } from "./signature-checks.ts";
import { systemMethods } from "./system-accounts.ts";

/**
 * Asks the verify services that are no part of the node (psibase specification, blockchain/entry-points.md, "verify").
 * What they say may depend on the state, so it is asked in the order of blocks, on the rows before the transaction;
 * none of them changes anything, and none learns of the other claims, which are not proved yet.
 */
export function unprovedClaim(
  block: BlockContext,
  prepared: PreparedTransaction,
  refBlockId: BlockId,
): TransactionError | undefined {
  const { transaction, signed, id } = prepared;
  if (transaction.claims.every(isNativeClaim)) return undefined;
  const message = signingMessage(id, refBlockId);
  let fuel = verificationFuelMax;
  for (const [at, claim] of transaction.claims.entries()) {
    const proof = signed.proofs[at];
    if (proof === undefined || isNativeClaim(claim)) continue;
    if (installedCode(block.rows, claim.service) === undefined) {
      return { code: "verify-service-unknown", service: claim.service };
    }
    const { refused, fuelLeft } = verify(block, prepared, { message, claim, proof, fuel });
    if (refused !== undefined) {
      return { code: "proof-refused", claim: at, reason: refused.code, message: refused.message };
    }
    fuel = fuelLeft;
  }
  return undefined;
}

type Asked = {
  readonly message: Uint8Array;
  readonly claim: Claim;
  readonly proof: Uint8Array;
  readonly fuel: number;
};

function verify(
  block: BlockContext,
  { id }: PreparedTransaction,
  { message, claim, proof, fuel }: Asked,
): { readonly refused: Failure | undefined; readonly fuelLeft: number } {
  const call = {
    caller: chainAccount,
    service: claim.service,
    method: systemMethods.verify,
    args: verificationCodec.pack({ message, claim: claim.rawData, proof }),
    depth: 0,
    writable: false,
  };
  const place = { ...block, session: undefined };
  return within(place, { id, claims: [] }, (execution) => {
    execution.meter.fuel = fuel;
    const refused = attempt(execution, () => void callService(execution, call));
    return { refused, fuelLeft: execution.meter.fuel };
  });
}
