import { frameOf, FrameReader } from "./frames.ts";
import {
  fromProcessCodec,
  toProcessCodec,
  type ChangesMessage,
  type QueryMessage,
} from "./messages.ts";
import type { ChildEvents, StartChild } from "./query-child.ts";
import type { QueryOutcome } from "./query-outcome.ts";

/** What a fake process does about a query: an outcome, nothing for ever, or its own end. */
export type FakeAnswer = (query: QueryMessage) => QueryOutcome | "hang" | "crash";

/** Query processes for tests, without a process. They answer in a later turn, one after the other, as real ones do. */
export class FakeChildren {
  readonly started: FakeChild[] = [];
  /** Processes that end before they are ready. */
  failingStarts = 0;
  answer: FakeAnswer;

  constructor(answer: FakeAnswer) {
    this.answer = answer;
  }

  readonly start: StartChild = (events) => {
    const child = new FakeChild(this, events, this.started.length);
    this.started.push(child);
    if (this.failingStarts > 0) {
      this.failingStarts--;
      setImmediate(() => child.kill());
    } else {
      setImmediate(() => child.say({ ready: {} }));
    }
    return child;
  };

  get living(): readonly FakeChild[] {
    return this.started.filter(({ isAlive }) => isAlive);
  }
}

export class FakeChild {
  readonly pid: number;
  isAlive = true;
  residentBytes: number | undefined;
  readonly changes: ChangesMessage[] = [];
  readonly asked: QueryMessage[] = [];
  readonly #all: FakeChildren;
  readonly #events: ChildEvents;
  readonly #reader = new FrameReader();
  readonly #inbox: QueryMessage[] = [];
  #isBusy = false;

  constructor(all: FakeChildren, events: ChildEvents, index: number) {
    this.#all = all;
    this.#events = events;
    this.pid = index + 1;
  }

  send(frames: Uint8Array): void {
    for (const bytes of this.#reader.push(frames)) {
      const message = toProcessCodec.trustedUnpack(bytes);
      if ("changes" in message) {
        this.changes.push(message.changes);
      } else {
        this.asked.push(message.query);
        this.#inbox.push(message.query);
      }
    }
    this.#work();
  }

  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    setImmediate(() => this.#events.onEnd());
  }

  say(message: Parameters<typeof fromProcessCodec.pack>[0]): void {
    if (!this.isAlive) return;
    for (const bytes of new FrameReader().push(frameOf(fromProcessCodec.pack(message)))) {
      this.#events.onMessage(bytes);
    }
  }

  #work(): void {
    const query = this.#inbox[0];
    if (this.#isBusy || query === undefined) return;
    this.#isBusy = true;
    setImmediate(() => {
      if (!this.isAlive) return;
      const outcome = this.#all.answer(query);
      if (outcome === "hang") return;
      if (outcome === "crash") return this.kill();
      this.#inbox.shift();
      this.#isBusy = false;
      const { residentBytes } = this;
      const memory = residentBytes === undefined ? {} : { residentBytes };
      this.say({ answer: { id: query.id, outcome, ...memory } });
      this.#work();
    });
  }
}
