import { bytes, object, type Codec } from "./fracpack.ts";
import { accountCodec, methodCodec } from "./names.ts";
import type { Action } from "./transaction.ts";

/** One call that a transaction makes (psibase specification, blockchain/transactions.md). */
export const actionCodec: Codec<Action> = object({
  sender: accountCodec,
  service: accountCodec,
  method: methodCodec,
  rawData: bytes,
});
