import { verificationCodec, type Verification } from "@kith/protocol/entry-points";

import { nothing, type Signature } from "../signature.ts";

/** What a verify service has to offer (psibase specification, blockchain/entry-points.md, "verify"). */
export type VerifyActions = {
  /**
   * Aborts unless the proof proves the claim. The node calls it for each claim that names this service, before the
   * transaction runs and on every node: it only reads, and what it costs nobody pays who has not proved anything yet.
   */
  readonly verify: Signature<Verification, void>;
};

/** For services that implement it: `implement(verifyActions.verify, ...)`. */
export const verifyActions: VerifyActions = {
  verify: { args: verificationCodec, result: nothing },
};
