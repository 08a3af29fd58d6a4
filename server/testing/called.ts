import type { BlockResult } from "@kith/chain/apply-block";
import type { Receipt, ReceiptFailure } from "@kith/protocol/receipt";

export type BlockEvent = BlockResult["events"][number];

/** What became of a call: its typed result, or the code and message with which it failed. */
export type Called<Value> = (
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ReceiptFailure }
) & {
  readonly receipt: Receipt;
  /** What the transaction's services emitted. */
  readonly events: readonly BlockEvent[];
};

/** The value of a call that has to succeed; throws with the service's own words when it does not. */
export function valueOf<Value>(called: CalledLike<Value>): Value {
  if (called.ok) return called.value;
  throw new Error(`${called.error.code}: ${called.error.message}`);
}

/** With which code it failed; `undefined` when it did not. */
export function codeOf(called: CalledLike<unknown>): string | undefined {
  return called.ok ? undefined : called.error.code;
}

type CalledLike<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };
