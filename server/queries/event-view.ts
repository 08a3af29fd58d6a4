import type { EventRange, EventReader } from "@kith/chain/ports";
import { ok } from "@kith/protocol/result";
import { openEventReader } from "@kith/store/event-reader";
import { blockOfSequence, placeOfSequence, sequenceOf } from "@kith/store/event-store";

/** The events in a node's file. It is never behind the file of the state, so who reads that may read this. */
export class EventView implements EventReader {
  private readonly folder: string;
  private reader: ReturnType<typeof openEventReader>;

  constructor(folder: string) {
    this.folder = folder;
  }

  rangeEvents({
    service,
    event,
    index,
    from,
    to,
    reverse,
    limit,
  }: EventRange): ReturnType<EventReader["rangeEvents"]> {
    this.reader ??= openEventReader(this.folder);
    if (this.reader === undefined) return ok([]);
    const page = this.reader.eventsOf({
      service,
      event,
      ...(index === undefined ? {} : { index }),
      ...(from === undefined ? {} : { from: sequenceOf(from.blockNum, from.index) }),
      ...(to === undefined ? {} : { to: sequenceOf(to.blockNum, to.index) }),
      reverse,
      limit,
    });
    if (!page.ok) return page;
    return ok(
      page.value.events.map(({ sequence, transactionId, json }) => ({
        blockNum: blockOfSequence(sequence),
        index: placeOfSequence(sequence),
        transactionId,
        json,
      })),
    );
  }

  close(): void {
    this.reader?.close();
  }
}
