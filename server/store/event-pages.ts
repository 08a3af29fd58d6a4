import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import type { EventRows } from "./event-rows.ts";
import {
  blockOfSequence,
  sequenceOf,
  type BlockSpan,
  type EventPage,
  type EventQuery,
  type EventQueryError,
  type StoredEvent,
} from "./event-store.ts";
import type { NumberedVersion, Versions } from "./event-versions.ts";

/** Where the events of a query are: in the file, and in memory behind it. */
export type EventSources = {
  readonly rows: EventRows;
  readonly versions: Versions;
  /** The last block whose events are known. */
  readonly newest: BlockNum;
  /** What the file does not have yet. */
  readonly gaps: readonly BlockSpan[];
  readonly pending: (query: EventQuery) => readonly StoredEvent[];
};

/** Answers a query, and says which blocks the answer covers. */
export function pageOf(
  sources: EventSources,
  query: EventQuery,
): Result<EventPage, EventQueryError> {
  const { rows, versions, newest } = sources;
  const { service, event, index, reverse, limit } = query;
  const ofQuery = versions.of(service, event);
  const missing = ofQuery.filter((version) => !hasIndex(version, index?.field));
  if (index !== undefined && ofQuery.length > 0 && missing.length === ofQuery.length) {
    return err({ code: "event-index-unknown", field: index.field });
  }
  const gaps = [...rows.gaps(), ...sources.gaps];
  const oldest = oldestOf(sources, { service, missing, gaps });
  if (query.from !== undefined && query.from < sequenceOf(oldest, 0)) {
    return err({ code: "events-not-kept", oldest });
  }
  // One more than asked for tells whether there are more.
  const whole = { ...query, from: query.from ?? sequenceOf(oldest, 0), limit: limit + 1 };
  const found = merged(rows.find(whole, ofQuery), sources.pending(whole), reverse);
  return ok({
    events: found.slice(0, limit),
    more: found.length > limit,
    oldest,
    newest,
    gaps: gaps.filter(({ last }) => last >= oldest),
  });
}

function hasIndex({ indexes }: NumberedVersion, field: string | undefined): boolean {
  return field === undefined || indexes.includes(field);
}

/** The first block from which on nothing is missing but in gaps: nothing pruned, and nothing that the index lacks. */
function oldestOf(
  { rows }: EventSources,
  query: {
    readonly service: string;
    readonly missing: readonly NumberedVersion[];
    readonly gaps: readonly BlockSpan[];
  },
): BlockNum {
  let oldest: number = rows.keptFrom(query.service);
  for (const version of query.missing) {
    const last = rows.lastSequence(version);
    if (last > 0) oldest = Math.max(oldest, blockOfSequence(last) + 1);
  }
  for (const { first, last } of query.gaps) {
    if (first <= oldest && oldest <= last) oldest = last + 1;
  }
  return blockNumOf(oldest);
}

/** What is in memory is newer than what is in the file. */
function merged(
  rows: readonly StoredEvent[],
  pending: readonly StoredEvent[],
  reverse: boolean,
): readonly StoredEvent[] {
  return reverse ? [...pending.toReversed(), ...rows] : [...rows, ...pending];
}
