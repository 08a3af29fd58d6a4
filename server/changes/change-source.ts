import type { ChangedRow, RowReader } from "@kith/chain/ports";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type { AccountName, BlockNum } from "@kith/protocol/ids";
import type { Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

/** Where changes come from; the node implements it. */
export type ChangeSource = {
  /** The last executed block; undefined before there is one. */
  headNum(): BlockNum | undefined;
  /** What is installed on the account. */
  definition(service: AccountName): ServiceDefinition | undefined;
  /** The rows after the last executed block. */
  readonly rows: RowReader;
  /** What the service answers after the last executed block or a later one; `user` is who asks, where that is proved. */
  answer(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): Promise<Result<LiveAnswer, AnswerError>>;
  /** Calls `listener` after each executed block; returns the function that ends it. */
  onBlock(listener: (block: ExecutedBlock) => void): () => void;
};

export type ExecutedBlock = {
  readonly num: BlockNum;
  readonly changes: () => Iterable<ChangedRow>;
  readonly events: readonly BlockEvent[];
  /** A service was installed, replaced or removed. */
  readonly codeChanged: boolean;
};

/** In the order of the block; its place is its position. */
export type BlockEvent = {
  readonly service: AccountName;
  readonly name: string;
  readonly data: Uint8Array;
};

export type LiveAnswer = {
  /** Absent when the service has no answer to this. */
  readonly reply?: HttpReply;
  /** The answer also depends on the number or the time of the block. */
  readonly usesContext: boolean;
  readonly reads: readonly AnswerRead[];
};

/** One row, rows of a space (from a key up to another), or (without `space`) all rows of a service. */
export type AnswerRead = {
  readonly service: AccountName;
  readonly space?: number;
  readonly key?: Uint8Array;
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
};

export type AnswerError = { readonly code: "query-timeout" | "query-queue-full" | "query-crashed" };

/** Time, as the runtime has it. */
export type Clock = {
  nowMs(): number;
  /** Returns the function that calls it off. */
  after(delayMs: number, run: () => void): () => void;
};
