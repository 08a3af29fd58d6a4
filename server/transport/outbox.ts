import { partHeaderBytes, pingBytes, writePartHeader, type Lane, type PartKind } from "./frames.ts";

export type OutboxLimits = { readonly urgentBytesMax: number; readonly bulkBytesMax: number };

/** A message is cut only where at least this much of it goes into the record. */
const partBytesMin = 1024;

/** What waits for one peer: probes first, then what consensus depends on, then answers to bulk requests. */
export class Outbox {
  readonly #lanes: Record<Lane, Queue>;
  readonly #limits: OutboxLimits;
  #probes: { readonly kind: "ping" | "pong"; readonly bytes: Uint8Array }[] = [];

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
    this.#lanes = { urgent: new Queue(), bulk: new Queue() };
  }

  get waitingBytes(): number {
    return this.#lanes.urgent.waitingBytes + this.#lanes.bulk.waitingBytes;
  }

  /** False when the lane is full: the message is dropped. An empty lane takes any message. */
  push(lane: Lane, message: Uint8Array): boolean {
    const queue = this.#lanes[lane];
    const max = lane === "urgent" ? this.#limits.urgentBytesMax : this.#limits.bulkBytesMax;
    if (queue.waitingBytes > 0 && queue.waitingBytes + message.length > max) return false;
    queue.push(message);
    return true;
  }

  /** At most one ping and one pong wait at a time: a peer that only pings cannot fill memory. */
  pushProbe(kind: "ping" | "pong", bytes: Uint8Array): void {
    this.#probes = this.#probes.filter((probe) => probe.kind !== kind);
    this.#probes.push({ kind, bytes });
  }

  hasWork(withBulk: boolean): boolean {
    return (
      this.#probes.length > 0 ||
      this.#lanes.urgent.waitingBytes > 0 ||
      (withBulk && this.#lanes.bulk.waitingBytes > 0)
    );
  }

  /** Moves as much as fits into `record` and returns how many bytes that were. */
  moveInto(record: Uint8Array, withBulk: boolean): number {
    let at = 0;
    for (const probe of this.#probes) {
      writePartHeader(record, at, { kind: probe.kind, more: false, sizeBytes: pingBytes });
      record.set(probe.bytes, at + partHeaderBytes);
      at += partHeaderBytes + pingBytes;
    }
    this.#probes = [];
    at = this.#lanes.urgent.moveInto(record, at, "urgent");
    if (!withBulk || this.#lanes.urgent.waitingBytes > 0) return at;
    return this.#lanes.bulk.moveInto(record, at, "bulk");
  }
}

/** Messages in order, the first perhaps already sent in part. */
class Queue {
  #messages: (Uint8Array | undefined)[] = [];
  #next = 0;
  #offset = 0;
  waitingBytes = 0;

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.waitingBytes += message.length;
  }

  moveInto(record: Uint8Array, from: number, kind: PartKind): number {
    let at = from;
    for (;;) {
      const message = this.#messages[this.#next];
      if (message === undefined) break;
      const rest = message.length - this.#offset;
      const room = record.length - at - partHeaderBytes;
      if (room < Math.min(rest, partBytesMin)) return at;
      const sizeBytes = Math.min(rest, room);
      writePartHeader(record, at, { kind, more: sizeBytes < rest, sizeBytes });
      record.set(message.subarray(this.#offset, this.#offset + sizeBytes), at + partHeaderBytes);
      at += partHeaderBytes + sizeBytes;
      this.waitingBytes -= sizeBytes;
      this.#advance(sizeBytes, rest);
    }
    this.#messages = [];
    this.#next = 0;
    return at;
  }

  #advance(sizeBytes: number, rest: number): void {
    if (sizeBytes < rest) {
      this.#offset += sizeBytes;
      return;
    }
    this.#offset = 0;
    this.#messages[this.#next] = undefined;
    this.#next += 1;
    // Moving the rest to the front each time would cost more than these few empty places.
    if (this.#next < 256) return;
    this.#messages = this.#messages.slice(this.#next);
    this.#next = 0;
  }
}
