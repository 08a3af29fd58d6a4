import type { Applied, RowReader, ServiceMachine } from "@kith/chain/ports";
import { err, ok } from "@kith/protocol/result";
import { openStateReader, type StateReader } from "@kith/store/state-reader";

import { EventView } from "./event-view.ts";
import type { FileWrites } from "./file-writes.ts";
import type { ExecutorMetrics, Query, QueryExecutor, QueryResult } from "./query-job.ts";
import { runQuery, type QueryState, type QueryToRun } from "./query-runner.ts";

export type OwnThreadParts = {
  readonly state: RowReader & { applied(): Applied | undefined };
  readonly folder: string;
  readonly machine: ServiceMachine;
  readonly files: FileWrites;
};

/** Queries in the node's own thread: nothing to start, and nothing that could end one that does not end. For tests. */
export class OwnThread implements QueryExecutor {
  private readonly parts: OwnThreadParts;
  private readonly state: QueryState;
  private readonly events: EventView;
  private reader: StateReader | undefined;
  private answered = 0;

  constructor(parts: OwnThreadParts) {
    this.parts = parts;
    const { state } = parts;
    this.events = new EventView(parts.folder);
    this.state = {
      read: (query) => query({ rows: state, applied: state.applied() }),
      readFile: (query) =>
        this.openReader().read((rows, applied) =>
          query({ rows, applied, sql: rows.sql, events: this.events }),
        ),
    };
  }

  async run(query: Query): Promise<QueryResult> {
    const result = this.attempt({ ...query, fromFile: false });
    if (result !== undefined) return result;
    await this.parts.files.reach(query.least);
    return this.attempt({ ...query, fromFile: true }) ?? err({ code: "query-crashed" });
  }

  metrics(): ExecutorMetrics {
    const { answered } = this;
    return { processes: 0, waiting: 0, answered, timedOut: 0, refused: 0, restarts: 0 };
  }

  close(): void {
    this.reader?.close();
    this.events.close();
  }

  private openReader(): StateReader {
    this.reader ??= openStateReader(this.parts.folder);
    return this.reader;
  }

  /** Undefined when it has to be run again from the file. */
  private attempt(query: QueryToRun): QueryResult | undefined {
    const outcome = runQuery(this.state, this.parts.machine, query);
    if ("fault" in outcome) throw new Error(outcome.fault);
    if ("needsFile" in outcome) return undefined;
    this.answered++;
    return ok(outcome.answered);
  }
}
