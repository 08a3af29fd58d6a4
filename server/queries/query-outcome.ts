import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName, BlockNum } from "@kith/protocol/ids";

/** Something that an answer depends on: one row, rows of a space, or (without `space`) all rows of a service. */
export type Read = {
  readonly service: AccountName;
  readonly space?: number;
  readonly key?: Uint8Array;
  /** Of a space without `key`: only the rows in between, `from` inclusive, `to` exclusive. */
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
};

export type Answered = {
  /** The block whose state was read. */
  readonly num: BlockNum;
  /** Absent when the service leaves the request to `sites`. */
  readonly reply?: HttpReply;
  /** The answer also depends on the number or the time of the block. */
  readonly usesContext: boolean;
  /** The reply says what went wrong in the service. */
  readonly isFailure: boolean;
  /** What it was made from. Absent when nobody wanted to know: telling it takes longer than many a query. */
  readonly reads?: readonly Read[];
};

/** An answer of which can be said when it is no longer current. */
export type RecordedAnswer = Answered & { readonly reads: readonly Read[] };

/** What became of one run of a query. */
export type QueryOutcome =
  | { readonly answered: Answered }
  /** It uses SQL, and the file is behind what it reads: to be run again from the file, when that is there. */
  | { readonly needsFile: Readonly<Record<string, never>> }
  /** A defect of this program, not of the service. */
  | { readonly fault: string };
