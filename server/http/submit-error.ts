import type { TransactionError } from "@kith/chain/errors";
import type { TransactionFormatError } from "@kith/protocol/transactions";

/** Why a transaction that may be well-formed is not taken now. Sending the same bytes again later is safe. */
export type UnavailableError =
  | { readonly code: "no-leader" }
  | { readonly code: "mempool-full"; readonly waiting: number; readonly waitingMax: number }
  | { readonly code: "node-stopping" }
  | { readonly code: "node-not-ready" };

export type SubmitError = TransactionFormatError | TransactionError | UnavailableError;
