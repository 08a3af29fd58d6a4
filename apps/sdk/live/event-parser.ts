import { concatBytes } from "@kith/protocol/hashes";
import { unpackText } from "@kith/protocol/texts";

/** One block of a stream of server-sent events. Without data it is no event, but its id counts. */
export type ServerSentEvent = {
  readonly name: string;
  readonly data: string | undefined;
  readonly id: string | undefined;
  readonly retryMs: number | undefined;
};

/** What a line, and an event, may have before it is no event stream that a node sends. */
export const eventBytesMax: number = 16 * 1024 * 1024;

const lineFeed = 10;
const carriageReturn = 13;

/** Reads an event stream as it arrives (HTML Living Standard, section 9.2.6): bytes in, events out. */
export class EventParser {
  private rest: Uint8Array = new Uint8Array();
  private endedWithReturn = false;
  private isStart = true;
  private name = "";
  private data: string[] = [];
  private dataChars = 0;
  private id: string | undefined;
  private retryMs: number | undefined;

  /** Undefined when this is no event stream, or one with an endless event. */
  push(chunk: Uint8Array): readonly ServerSentEvent[] | undefined {
    const bytes = this.rest.length === 0 ? chunk : concatBytes(this.rest, chunk);
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (let at = this.rest.length; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte !== lineFeed && byte !== carriageReturn) continue;
      const isSecondHalf = byte === lineFeed && at === start && this.endedWithReturn;
      this.endedWithReturn = byte === carriageReturn;
      if (!isSecondHalf && !this.line(bytes.subarray(start, at), events)) return undefined;
      start = at + 1;
    }
    if (start < bytes.length) this.endedWithReturn = false;
    this.rest = bytes.slice(start);
    return this.rest.length > eventBytesMax ? undefined : events;
  }

  private line(bytes: Uint8Array, events: ServerSentEvent[]): boolean {
    const text = unpackText(bytes);
    if (text === undefined) return false;
    const line = this.isStart && text.startsWith("\uFEFF") ? text.slice(1) : text;
    this.isStart = false;
    if (line === "") {
      this.dispatch(events);
      return true;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    this.field(field, value);
    return this.dataChars <= eventBytesMax;
  }

  private field(field: string, value: string): void {
    if (field === "event") this.name = value;
    if (field === "id" && !value.includes("\0")) this.id = value;
    if (field === "retry" && /^[0-9]{1,9}$/.test(value)) this.retryMs = Number(value);
    if (field !== "data") return;
    this.data.push(value);
    this.dataChars += value.length + 1;
  }

  private dispatch(events: ServerSentEvent[]): void {
    const { name, data, id, retryMs } = this;
    const isNothing = data.length === 0 && id === undefined && retryMs === undefined;
    if (!isNothing) {
      const text = data.length === 0 ? undefined : data.join("\n");
      events.push({ name: name === "" ? "message" : name, data: text, id, retryMs });
    }
    this.name = "";
    this.data = [];
    this.dataChars = 0;
    this.id = undefined;
    this.retryMs = undefined;
  }
}
