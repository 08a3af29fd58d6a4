import type { TransactionError } from "@kith/chain/errors";
import type { TransactionId } from "@kith/protocol/ids";
import type { Receipt } from "@kith/protocol/receipt";
import type { TransactionFormatError } from "@kith/protocol/transactions";

/** Why a transaction will not be put into a block, told at once. */
export type SubmitError = TransactionFormatError | TransactionError;

/** What became of a submission. Submitting the same bytes again is always safe: an id is executed at most once. */
export type SubmitOutcome =
  /** In a final block and executed; the receipt says whether it succeeded. */
  | { readonly kind: "final"; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly error: SubmitError }
  /** No producer leads, the pool is full or the node stops: nothing is known to have happened. */
  | {
      readonly kind: "unavailable";
      readonly reason: UnavailableReason;
      readonly id?: TransactionId;
    };

/** What a transaction would do now; nothing about it is final. */
export type TryOutcome =
  | { readonly kind: "applied"; readonly receipt: Receipt }
  | Exclude<SubmitOutcome, { kind: "final" }>;

export type UnavailableReason = "no-leader" | "pool-full" | "stopping" | "not-final-yet";

export type OnOutcome = (outcome: SubmitOutcome) => void;

/** What another node wrote with JSON.stringify; undefined when it is not an error with a code. */
export function parseSubmitError(json: string): SubmitError | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isSubmitError(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The leader is of the same version or a neighbouring one: the code is what is relied on. */
function isSubmitError(value: unknown): value is SubmitError {
  return (
    typeof value === "object" && value !== null && "code" in value && typeof value.code === "string"
  );
}
