import type { LoginQuestion, LoginVerdict } from "@kith/chain/login";
import type { Applied, RowReader, ServiceMachine } from "@kith/chain/ports";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import type { Result } from "@kith/protocol/result";

import { BlockFeed, type ExecutedBlock } from "./block-feed.ts";
import { CachedQueries, type RecordedResult } from "./cached-queries.ts";
import { FileWrites } from "./file-writes.ts";
import { OwnThread } from "./own-thread.ts";
import { usageOf } from "./process-usage.ts";
import type { ExecutorMetrics, QueryError } from "./query-job.ts";
import { QueryPool } from "./query-pool.ts";
import { spawnQueryChild } from "./spawn-child.ts";

export type QueryMetrics = ExecutorMetrics & {
  /** Answers that no process was asked for. */
  readonly cached: number;
  readonly cacheBytes: number;
};

/** What services answer, as the node that holds the newest state sees it. */
export type Queries = {
  /** The answer after the newest block, or a later one; `user` is who asks, where that is proved. */
  query(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): Promise<Result<HttpReply | undefined, QueryError>>;
  /** `query`, with the block that was read and with what the answer was made from. */
  answer(service: AccountName, request: HttpRequest, user?: AccountName): Promise<RecordedResult>;
  /** Whether somebody who has proved a claim may ask an app in the name of an account, after the newest block. */
  mayLogIn(question: LoginQuestion): Promise<Result<LoginVerdict, QueryError>>;
  /** To be called with every block, before anybody hears of it. */
  onExecuted(block: ExecutedBlock): void;
  metrics(): QueryMetrics;
  close(): void;
};

/** The node's own state, which blocks go into. */
type NodeState = RowReader & {
  applied(): Applied | undefined;
  writtenNum(): number;
  write(): Promise<void>;
};

export type QueriesOptions = {
  /** How many processes may answer; with 0 the node's own thread does, which nothing can end. */
  readonly processes: number;
  /** How long a query may take. */
  readonly queryMs: number;
  /** Memory above which a process is killed; `residentBytesKilled` when left out. */
  readonly residentBytesMax?: number;
  readonly folder: string;
  /** What a process runs: it calls `runQueryProcess` with the folder that it is given. */
  readonly script: string;
  readonly state: NodeState;
  /** For the node's own thread. */
  readonly machine: ServiceMachine;
  readonly onTrouble: (text: string) => void;
};

/** Starts what answers queries to the services of a node. */
export function openQueries(options: QueriesOptions): Queries {
  const { state, folder, machine } = options;
  const applied = (): Applied | undefined => state.applied();
  const writtenNum = (): number => state.writtenNum();
  const files = new FileWrites({ writtenNum, write: () => state.write() });
  if (options.processes === 0) {
    return new CachedQueries({
      executor: new OwnThread({ state, folder, machine, files }),
      applied,
    });
  }
  const feed = new BlockFeed(writtenNum);
  const executor = new QueryPool({
    ...options,
    start: spawnQueryChild({ script: options.script, words: [folder] }),
    feed,
    files,
    applied,
    usageOf,
  });
  return new CachedQueries({
    executor,
    applied,
    onExecuted: (block) => {
      feed.add(block);
      executor.prepare();
    },
  });
}
