import type { AccountName, BlockNum } from "@kith/protocol/ids";
import type { Result } from "@kith/protocol/result";

import type { Answered } from "./query-outcome.ts";

/** Why a query has no answer. None of it is the fault of the request's form, and each may be sent again. */
export type QueryError =
  /** It ran for too long and was ended. */
  | { readonly code: "query-timeout"; readonly timeoutMs: number }
  /** Too much waits already, in all or of this service. */
  | { readonly code: "query-queue-full" }
  /** It brought down the processes that it ran in. */
  | { readonly code: "query-crashed" };

export type QueryResult = Result<Answered, QueryError>;

export type Query = {
  readonly service: AccountName;
  /** The height that the answer has to know at least. */
  readonly least: BlockNum;
  /** The answer has to say what it was made from. */
  readonly wantsReads: boolean;
  /** Who asks, where that is proved. */
  readonly user?: AccountName | undefined;
  /** The request is a packed LoginQuestion. */
  readonly isLogin?: boolean;
  /** Packed HttpRequest. */
  readonly request: Uint8Array;
};

/** Runs queries: in processes of their own, or in the node's. Rejects with what is a defect of this program. */
export type QueryExecutor = {
  run(query: Query): Promise<QueryResult>;
  metrics(): ExecutorMetrics;
  close(): void;
};

export type ExecutorMetrics = {
  readonly processes: number;
  readonly waiting: number;
  readonly answered: number;
  readonly timedOut: number;
  readonly refused: number;
  /** Processes that were started because another one had ended. */
  readonly restarts: number;
};

/** A query on its way through the pool. */
export type Job = {
  readonly id: number;
  readonly query: Query;
  readonly service: AccountName;
  readonly queuedMs: number;
  readonly settle: (result: QueryResult) => void;
  readonly fail: (fault: Error) => void;
  least: BlockNum;
  fromFile: boolean;
  /** How often it stood in front when its process went down. */
  attempts: number;
};
