import { answerLogin } from "@kith/chain/login";
import type { Applied, EventReader, RowReader, ServiceMachine, SqlReader } from "@kith/chain/ports";
import { answerFrom } from "@kith/chain/query";
import { answerGraphql } from "@kith/graphql/answer-graphql";
import type { HttpReply } from "@kith/protocol/http-message";
import { blockNumOf, type AccountName, type BlockNum } from "@kith/protocol/ids";

import { withEntityTag } from "./entity-tag.ts";
import type { QueryOutcome } from "./query-outcome.ts";
import { RecordedReads } from "./recorded-reads.ts";

/** One state, for as long as one query runs. */
type StateView = {
  readonly rows: RowReader;
  readonly applied: Applied | undefined;
  /** Absent where the file is behind `rows`, so that SQL would not see the same. */
  readonly sql?: SqlReader;
  /** Absent where the file of events may be behind `rows`. */
  readonly events?: EventReader;
};

/** Where a query finds the newest state that this process knows, and what of it is in the file. */
export type QueryState = {
  read<T>(query: (view: StateView) => T): T;
  readFile<T>(query: (view: StateView) => T): T;
};

export type QueryToRun = {
  readonly service: AccountName;
  readonly least: BlockNum;
  readonly fromFile: boolean;
  readonly wantsReads: boolean;
  readonly user?: AccountName | undefined;
  readonly isLogin?: boolean;
  /** Packed HttpRequest, or LoginQuestion. */
  readonly request: Uint8Array;
};

/** Runs one query to its end, in whatever process this is. */
export function runQuery(
  state: QueryState,
  machine: ServiceMachine,
  query: QueryToRun,
): QueryOutcome {
  const run = (view: StateView): QueryOutcome => runOn(view, machine, query);
  try {
    return query.fromFile ? state.readFile(run) : state.read(run);
  } catch (fault) {
    return { fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
  }
}

class FileNeeded extends Error {}

function runOn(
  { rows, applied, sql, events }: StateView,
  machine: ServiceMachine,
  { service, least, wantsReads, user, isLogin = false, request }: QueryToRun,
): QueryOutcome {
  const num = applied?.num ?? blockNumOf(0);
  if (num < least)
    return { fault: `a query wants block ${least}, and the state is that of ${num}` };
  const reads = wantsReads ? new RecordedReads(rows) : undefined;
  let needsFile = false;
  const recordedSql: SqlReader = (owner, statement, parameters) => {
    if (sql === undefined) {
      needsFile = true;
      throw new FileNeeded();
    }
    reads?.addService(owner);
    return sql(owner, statement, parameters);
  };
  const checkedEvents: EventReader = {
    rangeEvents: (range) => {
      if (events !== undefined) return events.rangeEvents(range);
      needsFile = true;
      throw new FileNeeded();
    },
  };
  const time = applied?.time ?? 0;
  const reading = { rows: reads ?? rows, sql: recordedSql, events: checkedEvents };
  const asked = { machine, num, time, ...reading, standard: answerGraphql, user };
  const answer = unlessNeeded(() =>
    isLogin ? answerLogin(asked, request) : answerFrom(asked, service, request),
  );
  // Also when the service caught what the missing file threw.
  if (needsFile || answer === undefined) return { needsFile: {} };
  const { reply, usesContext, isFailure } = answer;
  return {
    answered: {
      num,
      usesContext,
      isFailure,
      ...(reads === undefined ? {} : { reads: reads.all() }),
      ...(reply === undefined ? {} : { reply: tagged(reply, isFailure) }),
    },
  };
}

function unlessNeeded<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof FileNeeded) return undefined;
    throw thrown;
  }
}

function tagged(reply: HttpReply, isFailure: boolean): HttpReply {
  return reply.status === 200 && !isFailure ? withEntityTag(reply) : reply;
}
