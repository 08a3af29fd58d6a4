import type { TransactionId } from "@kith/protocol/ids";

import type { Refusal } from "./json-answer.ts";

/** Why there is no result. */
export type ClientError =
  /** The service ended it: nothing of the transaction counts. `reason` is the service's own code. */
  | {
      readonly code: "transaction-failed";
      readonly transactionId: TransactionId;
      readonly reason: string;
      readonly message: string;
      /** The action that failed, from 0; left out when the transaction as a whole was refused. */
      readonly actionIndex?: number;
    }
  | Refusal
  /** It is signed and kept, and will be sent when there is a network again: nothing is lost. */
  | { readonly code: "queued"; readonly transactionId: TransactionId }
  /** No node has said in time what became of it. It may count, now or later: `receiptOf` tells. */
  | { readonly code: "undecided"; readonly transactionId: TransactionId; readonly waitedMs: number }
  /** Nothing was sent: no node answers. */
  | { readonly code: "unreachable"; readonly url: string; readonly message: string }
  /** What came is not what a node of this network answers, or not what the service's schema says. */
  | { readonly code: "answer-malformed"; readonly url: string };
