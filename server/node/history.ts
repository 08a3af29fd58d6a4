import type { Chain } from "@kith/chain/chain";
import { findEvent, type DeclaredEvent } from "@kith/chain/declared-events";
import { rowAddressOf } from "@kith/chain/row-address";
import type {
  CarryingHeader,
  EventsPage,
  EventsQuery,
  HistoryError,
  HistoryPort,
  KeptEvent,
  ProvedEvent,
  ProvedRow,
} from "@kith/http/history-port";
import { headerCodec } from "@kith/protocol/blocks";
import type { IndexValue } from "@kith/protocol/event-type";
import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import {
  blockOfSequence,
  sequenceOf,
  type EventQuery,
  type StoredEvent,
} from "@kith/store/event-store";
import type { OpenedEvents } from "@kith/store/events";

import type { FinalHeader, FinalHeaders } from "./final-headers.ts";

export type HistoryParts = {
  readonly chain: Chain;
  readonly events: OpenedEvents;
  readonly headers: FinalHeaders;
};

/** Events and proofs as HTTP asks for them. */
export function openHistory(parts: HistoryParts): HistoryPort {
  return {
    events: (query) => listEvents(parts, query),
    proveEvent: (transactionId, index, at) => proveEvent(parts, { transactionId, index }, at),
    proveRow: (service, table, key) => proveRow(parts, service, { table, key }),
  };
}

function listEvents(
  { chain, events }: HistoryParts,
  query: EventsQuery,
): Result<EventsPage, HistoryError> {
  const wanted = queryOf(chain, query);
  if (!wanted.ok) return wanted;
  const page = events.eventsOf(wanted.value);
  if (!page.ok) return page;
  const { events: found, ...rest } = page.value;
  return ok({ ...rest, events: found.map((event) => keptEvent(events, event)) });
}

function queryOf(chain: Chain, query: EventsQuery): Result<EventQuery, HistoryError> {
  const { service, limit, reverse } = query;
  const definition = chain.definition(service);
  if (definition === undefined) return err({ code: "service-unknown", service });
  const declared = query.event === undefined ? undefined : findEvent(definition, query.event);
  if (query.event !== undefined && declared === undefined) {
    return err({ code: "event-undeclared", service, event: query.event });
  }
  const index = indexOf(declared, query.index);
  if (!index.ok) return index;
  const bounds = boundsOf(query);
  return ok({
    service,
    limit,
    reverse,
    ...bounds,
    ...(declared === undefined ? {} : { event: declared.name }),
    ...(index.value === undefined ? {} : { index: index.value }),
  });
}

/** The page behind `after`, within the blocks that were asked for. */
function boundsOf({ from, to, after, reverse }: EventsQuery): Pick<EventQuery, "from" | "to"> {
  let first = from === undefined ? undefined : sequenceOf(from, 0);
  let end = to === undefined ? undefined : sequenceOf(to, 0);
  if (after !== undefined && reverse) end = Math.min(end ?? after, after);
  else if (after !== undefined) first = Math.max(first ?? 0, after + 1);
  return {
    ...(first === undefined ? {} : { from: first }),
    ...(end === undefined ? {} : { to: end }),
  };
}

function indexOf(
  declared: DeclaredEvent | undefined,
  wanted: EventsQuery["index"],
): Result<{ readonly field: string; readonly value: IndexValue } | undefined, HistoryError> {
  if (wanted === undefined) return ok(undefined);
  const { field } = wanted;
  if (declared?.indexes.includes(field) !== true)
    return err({ code: "event-index-unknown", field });
  const value = declared.type.parseIndexValue(field, wanted.value);
  if (value.ok) return ok({ field, value: value.value });
  return err({ code: "index-value-malformed", field, expected: value.error.expected });
}

function keptEvent(events: OpenedEvents, event: StoredEvent): KeptEvent {
  const { sequence, transactionId, service, event: name, kind, data, merkle, json } = event;
  const blockNum = blockOfSequence(sequence);
  return {
    sequence,
    blockNum,
    blockTime: events.timeOf(blockNum) ?? 0,
    transactionId,
    service,
    event: name,
    kind,
    data: json() ?? null,
    sizeBytes: data.length,
    ...(merkle === undefined ? {} : { merkle }),
  };
}

function proveEvent(
  parts: HistoryParts,
  place: { readonly transactionId: TransactionId; readonly index: number },
  at: BlockNum | undefined,
): Result<ProvedEvent, HistoryError> {
  const { chain, events, headers } = parts;
  const applied = chain.applied();
  if (applied === undefined) return err({ code: "event-unknown", ...place });
  if (at !== undefined) {
    const carrier = at === 0 || at > applied.num ? undefined : headers.at(at);
    if (carrier === undefined) return err({ code: "header-unknown", num: at });
    return proofUnder(events, place, rootOf(carrier));
  }
  const newest = headers.at(applied.num);
  const carried = newest === undefined ? undefined : proofUnder(events, place, rootOf(newest));
  if (carried?.ok === true || (carried !== undefined && carried.error.code !== "event-not-yet")) {
    return carried;
  }
  const { num, eventRoot: root } = applied;
  return proofUnder(events, place, { num, root, header: undefined });
}

type EventRoot = Pick<ProvedEvent, "num" | "root" | "header">;

function rootOf(carrier: FinalHeader): EventRoot {
  const { executedNum: num, eventRoot: root } = carrier.header;
  return { num, root, header: carryingHeader(carrier) };
}

function proofUnder(
  events: OpenedEvents,
  place: { readonly transactionId: TransactionId; readonly index: number },
  under: EventRoot,
): Result<ProvedEvent, HistoryError> {
  const found = events.proveEvent(place.transactionId, place.index, under.num);
  if (found.ok) {
    const { event, proof } = found.value;
    return ok({ event: keptEvent(events, event), proof, ...under });
  }
  if (found.error.code === "event-unknown") return err({ code: "event-unknown", ...place });
  return err(found.error);
}

function proveRow(
  { chain, headers }: HistoryParts,
  service: AccountName,
  { table, key }: { readonly table: string; readonly key: unknown },
): Result<ProvedRow, HistoryError> {
  const definition = chain.definition(service);
  if (definition === undefined) return err({ code: "service-unknown", service });
  const found = rowAddressOf(definition, table, key);
  if (!found.ok) return found;
  const { address, jsonOf } = found.value;
  const proved = chain.proveRow(address, (num) => headers.carrier(num) !== undefined);
  // Where a service is installed, genesis was executed.
  if (proved === undefined) return err({ code: "service-unknown", service });
  const { row, proof, at } = proved;
  const carrier = headers.carrier(at.num);
  return ok({
    row: row === undefined ? undefined : { packed: row, value: jsonOf(row) ?? null },
    proof,
    num: at.num,
    root: at.stateRoot,
    header: carrier === undefined ? undefined : carryingHeader(carrier),
  });
}

function carryingHeader({ header, id }: FinalHeader): CarryingHeader {
  return { num: header.blockNum, id, bytes: headerCodec.pack(header) };
}
