import { latin1Of } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import type { LoggedBlock, LoggedRow, ServiceLog } from "./change-log.ts";
import type { Interest } from "./interest.ts";
import {
  charsOfTurnMax,
  eventsOfTurnMax,
  heartbeatMs,
  positionAheadMax,
  rowsOfTurnMax,
  stalledMs,
} from "./limits.ts";
import type { LiveQuery } from "./live-queries.ts";
import type { ChangeMessage, ResetReason } from "./message.ts";
import { positionText, type Position } from "./position.ts";
import { primaryKeyOf, type RowTexts } from "./row-texts.ts";

/** A live query of this listener, and the place among what it named. */
export type LivePart = { readonly of: number; readonly query: LiveQuery };

export type StreamParts = {
  readonly service: AccountName;
  readonly definition: ServiceDefinition;
  /** Of other services whose answers are among what was named; undefined for what is none. */
  readonly others: ReadonlyMap<AccountName, ServiceDefinition | undefined>;
  readonly interests: readonly Interest[];
  readonly log: ServiceLog;
  readonly texts: RowTexts;
  readonly headNum: () => number;
  readonly nowMs: () => number;
  /** Told of a fault of this program; the stream ends by it. */
  readonly onFault: (fault: unknown) => void;
};

/**
 * One listener. It keeps no messages: it knows how far it is, and makes the next messages from the log and the newest
 * state when the listener can take them. So one that is slow gets less, and not later.
 */
export class ChangeStream {
  private readonly parts: StreamParts;
  private live: readonly LivePart[] = [];
  private readonly onClose: () => void;
  private readonly sent = new Map<LiveQuery, number>();
  private position: Position;
  private greeting: ChangeMessage | undefined;
  private waiting: ((messages: readonly ChangeMessage[] | undefined) => void) | undefined;
  private isClosed = false;
  private lastTurnMs: number;

  /** Without `since` it begins behind the newest block. */
  constructor(parts: StreamParts, since: Position | undefined, onClose: () => void) {
    this.parts = parts;
    this.onClose = onClose;
    this.lastTurnMs = parts.nowMs();
    const block = parts.headNum();
    this.position = since ?? { num: block, events: 0 };
    if (this.isLost()) return;
    this.greeting = {
      name: "ready",
      id: positionText(this.position),
      data: JSON.stringify({ block: this.position.num }),
    };
  }

  /** What live queries of others also wait for is joined once the stream is there to be told. */
  listenTo(live: readonly LivePart[]): void {
    this.live = live;
  }

  /** What the listener's tables, events and questions were found in. */
  get definitions(): ReadonlyMap<AccountName, ServiceDefinition | undefined> {
    const { service, definition, others } = this.parts;
    return new Map([...others, [service, definition]]);
  }

  get isOver(): boolean {
    return this.isClosed;
  }

  get liveQueries(): readonly LivePart[] {
    return this.live;
  }

  /** The next messages, as soon as there are any; undefined when the stream has ended. One call at a time. */
  next(): Promise<readonly ChangeMessage[] | undefined> {
    if (this.isClosed) return Promise.resolve(undefined);
    this.lastTurnMs = this.parts.nowMs();
    const messages = this.tryTurn();
    if (messages === undefined || messages.length > 0) return Promise.resolve(messages);
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  /** There may be something to tell. */
  wake(): void {
    if (this.waiting === undefined) return;
    const messages = this.tryTurn();
    if (messages !== undefined && messages.length > 0) this.give(messages);
  }

  /** Breaks a long silence, and ends a stream whose listener takes nothing. */
  tick(): void {
    const silentMs = this.parts.nowMs() - this.lastTurnMs;
    if (this.waiting === undefined) {
      if (silentMs > stalledMs) this.close();
    } else if (silentMs >= heartbeatMs) {
      // Blocks that had nothing for this listener move it on all the same.
      const messages = this.tryTurn();
      if (messages === undefined) return;
      const heartbeat = { name: "heartbeat", id: positionText(this.position) } as const;
      this.give(messages.length > 0 ? messages : [heartbeat]);
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.give(undefined);
    this.onClose();
  }

  private give(messages: readonly ChangeMessage[] | undefined): void {
    const { waiting } = this;
    this.waiting = undefined;
    this.lastTurnMs = this.parts.nowMs();
    waiting?.(messages);
  }

  private isLost(): boolean {
    const { num } = this.position;
    return num < this.parts.log.knownFrom || num > this.parts.headNum() + positionAheadMax;
  }

  /** A fault ends this stream and nothing else: blocks go on. */
  private tryTurn(): readonly ChangeMessage[] | undefined {
    try {
      return this.turn();
    } catch (fault) {
      this.parts.onFault(fault);
      this.close();
      return undefined;
    }
  }

  private turn(): readonly ChangeMessage[] {
    const { greeting } = this;
    this.greeting = undefined;
    const messages = greeting === undefined ? [] : [greeting];
    if (this.isLost()) return [...messages, this.reset("behind"), ...this.answers()];
    const blocks = this.parts.log.after(this.position.num);
    const { events, end } = this.eventsOf(blocks);
    const rows = this.rowsOf(blocks.filter(({ num }) => num <= end.num));
    if (rows === "too-much") return [...messages, this.reset("too-much"), ...this.answers()];
    messages.push(...rows, ...events, ...this.answers());
    this.position = end;
    const last = messages.pop();
    if (last !== undefined) messages.push({ ...last, id: positionText(end) });
    return messages;
  }

  private reset(reason: ResetReason): ChangeMessage {
    const block = this.parts.headNum();
    this.position = { num: block, events: 0 };
    this.sent.clear();
    return {
      name: "reset",
      id: positionText(this.position),
      data: JSON.stringify({ block, reason }),
    };
  }

  /** Each event has the position behind it as its id, so that none is told twice after a break. */
  private eventsOf(blocks: readonly LoggedBlock[]): {
    readonly events: readonly ChangeMessage[];
    readonly end: Position;
  } {
    const events: ChangeMessage[] = [];
    let chars = 0;
    for (const block of blocks) {
      const from = block.num === this.position.num + 1 ? this.position.events : 0;
      for (const { name, position, data } of block.events) {
        const of = this.parts.interests.findIndex(
          (each) => each.kind === "event" && each.event.name === name,
        );
        const interest = this.parts.interests[of];
        if (position < from || interest?.kind !== "event") continue;
        if (events.length >= eventsOfTurnMax || chars > charsOfTurnMax) {
          return { events, end: { num: block.num - 1, events: position } };
        }
        const told = { of, block: block.num, position, data: interest.event.eventJson(data) };
        const text = JSON.stringify(told);
        chars += text.length;
        const id = positionText({ num: block.num - 1, events: position + 1 });
        events.push({ name: "event", id, data: text });
      }
    }
    // A listener that is ahead of this node stays where it is.
    return { events, end: { num: Math.max(this.parts.headNum(), this.position.num), events: 0 } };
  }

  /** Each row once, however often it changed. */
  private rowsOf(blocks: readonly LoggedBlock[]): readonly ChangeMessage[] | "too-much" {
    const { service, interests, texts } = this.parts;
    const told = new Map<string, string>();
    let chars = 0;
    for (const row of blocks.flatMap((block) => block.rows)) {
      for (const [of, interest] of interests.entries()) {
        if (interest.kind !== "rows" || !concerns(interest, row)) continue;
        const key = primaryKeyOf(interest.table, interest.index, row);
        if (key === undefined) continue;
        const name = `${of}/${latin1Of(key)}`;
        if (told.has(name)) continue;
        const text = `{"of":${of},${texts.of(service, interest.table, key)}}`;
        chars += text.length;
        if (told.size >= rowsOfTurnMax || chars > charsOfTurnMax) return "too-much";
        told.set(name, text);
      }
    }
    if (told.size === 0) return [];
    const rows = [...told.values()].join(",");
    return [{ name: "rows", data: `{"block":${this.parts.headNum()},"rows":[${rows}]}` }];
  }

  /** The newest answers that this listener does not have. */
  private answers(): readonly ChangeMessage[] {
    const messages: ChangeMessage[] = [];
    for (const { of, query } of this.live) {
      if (query.version <= (this.sent.get(query) ?? 0)) continue;
      this.sent.set(query, query.version);
      messages.push({ name: "answer", data: `{"of":${of},${query.text}}` });
    }
    return messages;
  }
}

function concerns(
  { index, prefix }: Extract<Interest, { readonly kind: "rows" }>,
  { space, key }: LoggedRow,
): boolean {
  return space === index.space && prefix.every((byte, at) => key[at] === byte);
}
