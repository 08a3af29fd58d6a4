import { transactionIdCodec } from "./checksums.ts";
import { bytes, list, object, option, str, u32, u64Number, type Codec } from "./fracpack.ts";
import type { BlockNum, TransactionId } from "./ids.ts";
import { blockNumCodec } from "./numbers.ts";

/** What became of a transaction in a final block. */
export type Receipt = {
  readonly transactionId: TransactionId;
  readonly blockNum: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly blockTime: number;
  /** Its place in the block, from 0. */
  readonly index: number;
  /** The packed result of each action, in order; empty when the transaction failed. */
  readonly results: readonly Uint8Array[];
  readonly failure?: ReceiptFailure;
};

export type ReceiptFailure = {
  readonly code: string;
  readonly message: string;
  /** The action that failed, from 0; left out when the transaction as a whole was refused. */
  readonly actionIndex?: number;
};

export const receiptCodec: Codec<Receipt> = object({
  transactionId: transactionIdCodec,
  blockNum: blockNumCodec,
  blockTime: u64Number,
  index: u32,
  results: list(bytes),
  failure: option(object({ code: str, message: str, actionIndex: option(u32) })),
});
