import type { BoardSource, Listener, SentWrite, Stop, Write } from "./source.ts";

export type SentWritesPort = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => void;
};

type SentWritesSource = Pick<BoardSource, "send" | "watchLeft" | "retryLeft" | "dropLeft">;

/**
 * What was written on this page, in its order, behind what other pages have left. A post keeps its place by its write as long as the page stands; any other final write
 * is forgotten once the page has heard of it, because somebody may change the same thing again.
 */
export class SentWrites {
  readonly #source: SentWritesSource;
  readonly #port: SentWritesPort;
  readonly #listeners = new Set<Listener<readonly SentWrite[]>>();
  #left: readonly SentWrite[] = [];
  #own: readonly SentWrite[] = [];
  /** Of what other pages have left: what is being sent again from here. */
  readonly #retried = new Set<string>();
  #lastId = 0;

  constructor(source: SentWritesSource, port: SentWritesPort) {
    this.#source = source;
    this.#port = port;
    source.watchLeft((left) => {
      this.#left = left;
      this.#tell(this.#own);
    });
  }

  get all(): readonly SentWrite[] {
    return [...this.#left.map((left) => this.#asRetried(left)), ...this.#own];
  }

  watch(listener: Listener<readonly SentWrite[]>): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the write as it ended. `onKept` hears when it cannot be lost any more, and when it is over. */
  async send(write: Write, onKept: () => void = () => {}): Promise<SentWrite> {
    const id = `write-${++this.#lastId}`;
    this.#tell([...this.#own, { id, write, at: this.#port.now(), state: "sending" }]);
    return this.#run(id, write, onKept);
  }

  async retry(id: string): Promise<void> {
    if (this.#isLeft(id)) return this.#retryLeft(id);
    const found = this.#own.find((sent) => sent.id === id && sent.state === "failed");
    if (found === undefined) return;
    this.#change(id, { state: "sending" });
    await this.#run(id, found.write);
  }

  async #retryLeft(id: string): Promise<void> {
    if (this.#retried.has(id)) return;
    this.#retried.add(id);
    this.#tell(this.#own);
    await this.#source.retryLeft(id).finally(() => this.#retried.delete(id));
    this.#tell(this.#own);
  }

  #asRetried(left: SentWrite): SentWrite {
    if (!this.#retried.has(left.id)) return left;
    const { code: _code, ...rest } = left;
    return { ...rest, state: "sending" };
  }

  discard(id: string): void {
    if (this.#isLeft(id)) void this.#source.dropLeft(id);
    if (this.#own.some((sent) => sent.id === id && sent.state === "failed")) this.#forget(id);
  }

  #isLeft(id: string): boolean {
    return this.#left.some((left) => left.id === id);
  }

  #forget(id: string): void {
    this.#tell(this.#own.filter((sent) => sent.id !== id));
  }

  async #run(id: string, write: Write, onKept: () => void = () => {}): Promise<SentWrite> {
    const outcome = await this.#source.send(write, () => {
      this.#change(id, { state: "queued" });
      onKept();
    });
    onKept();
    if (!outcome.ok) return this.#change(id, { state: "failed", code: outcome.code });
    const { value } = outcome;
    // Of one that was sent later nobody knows the number: it is a post as any other once it is told.
    if ((write.kind !== "reply" && write.kind !== "start") || value === undefined) {
      this.#port.after(heardMsMax, () => this.#forget(id));
    }
    return this.#change(id, { state: "final", ...(value === undefined ? {} : { result: value }) });
  }

  #change(id: string, change: Partial<SentWrite>): SentWrite {
    const before = this.#own.find((sent) => sent.id === id);
    if (before === undefined) throw new Error(`${id} was discarded while it was sent`);
    const after = { ...before, ...change };
    this.#tell(this.#own.map((sent) => (sent.id === id ? after : sent)));
    return after;
  }

  #tell(own: readonly SentWrite[]): void {
    this.#own = own;
    const { all } = this;
    for (const listener of this.#listeners) listener(all);
  }
}

/** Pages hear of a change within a block. */
const heardMsMax = 3000;
