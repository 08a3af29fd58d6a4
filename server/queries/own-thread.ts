import type { ServiceMachine } from "@kith/chain/ports";
import { err, ok } from "@kith/protocol/result";

import type { FileWrites } from "./file-writes.ts";
import type { ExecutorMetrics, Query, QueryExecutor, QueryResult } from "./query-job.ts";
import { runQuery, type QueryState, type QueryToRun } from "./query-runner.ts";

/** Queries in the node's own thread: nothing to start, and nothing that could end one that does not end. For tests. */
export class OwnThread implements QueryExecutor {
  private readonly state: QueryState;
  private readonly machine: ServiceMachine;
  private readonly files: FileWrites;
  private answered = 0;

  constructor(state: QueryState, machine: ServiceMachine, files: FileWrites) {
    this.state = state;
    this.machine = machine;
    this.files = files;
  }

  async run(query: Query): Promise<QueryResult> {
    return (
      this.attempt({ ...query, fromFile: false }) ??
      this.files
        .reach(query.least)
        .then(() => this.attempt({ ...query, fromFile: true }) ?? err({ code: "query-crashed" }))
    );
  }

  metrics(): ExecutorMetrics {
    const { answered } = this;
    return { processes: 0, waiting: 0, answered, timedOut: 0, refused: 0, restarts: 0 };
  }

  close(): void {
    // Nothing goes on between two queries.
  }

  /** Undefined when it has to be run again from the file. */
  private attempt(query: QueryToRun): QueryResult | undefined {
    const outcome = runQuery(this.state, this.machine, query);
    if ("fault" in outcome) throw new Error(outcome.fault);
    if ("needsFile" in outcome) return undefined;
    this.answered++;
    return ok(outcome.answered);
  }
}
