import { blockNumOf } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import type {
  EventsPage,
  EventsQuery,
  HistoryError,
  HistoryPort,
  ProvedEvent,
  ProvedRow,
} from "./history-port.ts";

type EventPlace = Parameters<HistoryPort["proveEvent"]>;
type RowPlace = Parameters<HistoryPort["proveRow"]>;

/** A history for the tests of this folder: it answers what a test puts in, and remembers what it was asked. */
export class FakeHistory implements HistoryPort {
  readonly asked: (EventsQuery | EventPlace | RowPlace)[] = [];
  error: HistoryError | undefined;
  page: EventsPage = {
    events: [],
    more: false,
    oldest: blockNumOf(1),
    newest: blockNumOf(7),
    gaps: [],
  };
  provedEvent: ProvedEvent | undefined;
  provedRow: ProvedRow | undefined;

  events(query: EventsQuery): Result<EventsPage, HistoryError> {
    return this.#answer(query, this.page);
  }

  proveEvent(...place: EventPlace): Result<ProvedEvent, HistoryError> {
    return this.#answer(place, this.provedEvent);
  }

  proveRow(...place: RowPlace): Result<ProvedRow, HistoryError> {
    return this.#answer(place, this.provedRow);
  }

  #answer<T>(
    asked: EventsQuery | EventPlace | RowPlace,
    answer: T | undefined,
  ): Result<T, HistoryError> {
    this.asked.push(asked);
    if (this.error !== undefined) return err(this.error);
    if (answer === undefined) throw new Error("the test has no answer");
    return ok(answer);
  }
}
