import type { AccountName } from "@kith/protocol/ids";

import { addressOf } from "../client/connection.ts";
import type { ClientQuery, WatchedQuery } from "../client/service-client.ts";
import { subscribe, type Aborting, type LivePort } from "../live.ts";
import { answersOf, type Interest, type LiveAnswer } from "./interests.ts";
import type { KeptAnswers } from "./kept-answers.ts";
import { isSameAnswer } from "./same-answer.ts";

/** What is known of a query's answer at the moment. */
export type LiveState<Value> = {
  /** The newest answer, with changes of this page that are not final yet; undefined before the first one. */
  readonly value: Value | undefined;
  /** The block that it is true after. */
  readonly block: number | undefined;
  /** No node has been heard of since: it may be older than it looks. */
  readonly isStale: boolean;
  /** There are changes in it that are not final yet. */
  readonly isOptimistic: boolean;
  /** Why there is no answer, in the service's or the node's words. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
};

/** What an update of this page will do to the answer, as long as the network has not said it itself. */
type Update<Value> = (value: Value) => Value;

export type LiveQueriesPort<Signal extends Aborting> = LivePort<Signal> & {
  readonly aborting: () => { readonly signal: Signal; readonly abort: () => void };
  /** Runs something when the code that runs now has ended. */
  readonly soon: (run: () => void) => void;
  /** Where the last answers are kept for the next page; left out: nowhere. */
  readonly kept?: KeptAnswers;
};

type Listener = (state: LiveState<unknown>) => void;
type Patch = { readonly update: (value: never) => unknown };

/** One query with its arguments, however many components show it. */
type Watched = {
  readonly query: WatchedQuery<unknown>;
  readonly listeners: Set<Listener>;
  patches: readonly Patch[];
  answer: unknown;
  state: LiveState<unknown>;
  /** The stream has told what was true after this block: what is older and says something else comes from a node that is behind. */
  toldBlock: number;
  /** Counts what an answer to an earlier question must not take the place of. */
  heard: number;
};

/** What one connection is about, and whose address it has. */
type Part = { readonly home: AccountName; readonly watched: readonly Watched[] };
type Stream = { readonly home: AccountName; readonly abort: () => void };

const nothingKnown: LiveState<unknown> = {
  value: undefined,
  block: undefined,
  isStale: false,
  isOptimistic: false,
  failure: undefined,
};

/**
 * Answers that stay true. All queries of a page share one stream, whichever services they are of (decision 0202). It resumes after breaks
 * and goes on at another node when its own is gone; a query that several components show is asked once.
 */
export class LiveQueries<Signal extends Aborting> {
  readonly #root: string;
  readonly #port: LiveQueriesPort<Signal>;
  readonly #app: AccountName | undefined;
  readonly #watched = new Map<string, Watched>();
  /** By what they are about. */
  readonly #streams = new Map<string, Stream>();
  #isChanged = false;

  /** `app` is whose queries show who asks, where there is one. */
  constructor(root: string, port: LiveQueriesPort<Signal>, app?: AccountName) {
    this.#root = root;
    this.#port = port;
    this.#app = app;
  }

  /** Tells what is known now, at once, and whenever that changes. Gives the function that ends it. */
  watch<Args, Value>(
    query: ClientQuery<Args, Value>,
    args: Args,
    listener: (state: LiveState<Value>) => void,
  ): () => void;
  watch(query: ClientQuery<unknown, unknown>, args: unknown, listener: Listener): () => void {
    const watched = this.#watchedOf(query.watched(args));
    watched.listeners.add(listener);
    listener(watched.state);
    this.#later();
    return () => {
      watched.listeners.delete(listener);
      this.#later();
    };
  }

  /**
   * Shows at once what a write will do to a query's answer. When the write is final the network's own answer takes the
   * place of it; when it fails, what was there before comes back. Resolves as `written` does.
   */
  async update<Args, Value, Outcome>(
    { query, args, update }: Optimistic<Args, Value>,
    written: Promise<Outcome>,
  ): Promise<Outcome> {
    const watched = this.#watchedOf(query.watched(args));
    const patch: Patch = { update };
    this.#show(watched, { patches: [...watched.patches, patch] });
    try {
      const outcome = await written;
      if (isWritten(outcome)) await this.#ask(watched, query, args);
      return outcome;
    } finally {
      this.#show(watched, { patches: watched.patches.filter((each) => each !== patch) });
      this.#later();
    }
  }

  /**
   * Somebody else asks from now on: what the app's own service has answered until now was for the one before, and is asked for anew.
   * For pages whose questions show whose they are; answers to the others are everybody's.
   */
  askAnew(): void {
    for (const [key, { home, abort }] of this.#streams) {
      if (home !== this.#app) continue;
      this.#streams.delete(key);
      abort();
    }
    for (const watched of this.#watched.values()) {
      if (watched.query.service !== this.#app) continue;
      watched.heard++;
      watched.toldBlock = 0;
      this.#show(watched, { patches: [], ...this.#known(watched.query) });
    }
    this.#later();
  }

  close(): void {
    for (const { abort } of this.#streams.values()) abort();
    this.#streams.clear();
    this.#watched.clear();
  }

  #watchedOf(query: WatchedQuery<unknown>): Watched {
    const known = this.#watched.get(nameOf(query));
    if (known !== undefined) return known;
    const begun = { ...this.#known(query), toldBlock: 0, heard: 0 };
    const made: Watched = { query, listeners: new Set(), patches: [], ...begun };
    this.#watched.set(nameOf(query), made);
    return made;
  }

  /** What is known before a node has answered. */
  #known(query: WatchedQuery<unknown>): Pick<Watched, "answer" | "state"> {
    const json = this.#port.kept?.get(nameOf(query));
    const answer = json === undefined ? undefined : query.read(json);
    // What an earlier page was told may be old.
    const state =
      answer === undefined ? nothingKnown : { ...nothingKnown, value: answer, isStale: true };
    return { answer, state };
  }

  /**
   * The stream may tell of the block a moment later than the write's own answer did. Where it tells something in the meantime, nobody
   * knows which of the two is newer, and the question is asked once more; a stream that has told something then, too, will tell the rest.
   */
  async #ask<Args>(watched: Watched, query: ClientQuery<Args, unknown>, args: Args): Promise<void> {
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { heard } = watched;
      const answered = await query(args);
      if (!answered.ok) return;
      if (watched.heard !== heard) continue;
      this.#show(watched, { answer: answered.value, state: watched.state });
      return;
    }
  }

  /** What is to be watched may change often in one moment, such as when a page is drawn. */
  #later(): void {
    if (this.#isChanged) return;
    this.#isChanged = true;
    this.#port.soon(() => {
      this.#isChanged = false;
      this.#restream();
    });
  }

  #restream(): void {
    for (const [name, { listeners, patches }] of this.#watched) {
      if (listeners.size === 0 && patches.length === 0) this.#watched.delete(name);
    }
    const shown = [...this.#watched.values()].filter(({ listeners }) => listeners.size > 0);
    const parts = new Map(partsOf(shown, this.#app).map((part) => [keyOf(part), part]));
    for (const [key, { abort }] of this.#streams) {
      if (parts.has(key)) continue;
      this.#streams.delete(key);
      abort();
    }
    for (const [key, part] of parts) {
      if (this.#streams.has(key)) continue;
      const { signal, abort } = this.#port.aborting();
      this.#streams.set(key, { home: part.home, abort });
      void this.#listen(part, signal);
    }
  }

  async #listen({ home, watched }: Part, signal: Signal): Promise<void> {
    const ended = await subscribe(addressOf(this.#root, home, ""), {
      interests: watched.map((each) => this.#interestIn(each, home)),
      port: this.#port,
      signal,
      onBreak: () => {
        for (const each of watched) this.#show(each, { state: { ...each.state, isStale: true } });
      },
      // As when the network has begun anew: no block of before counts.
      onReset: () => {
        for (const each of watched) each.toldBlock = 0;
      },
    });
    if (ended.ok) return;
    const apart = byService(watched);
    if (apart.length > 1) {
      // Whatever one service's queries are refused for is nothing that those of others could help.
      await Promise.all(apart.map((part) => this.#listen(part, signal)));
      return;
    }
    const { reason: code, message } = ended.error;
    for (const each of watched) {
      this.#show(each, { state: { ...each.state, isStale: true, failure: { code, message } } });
    }
  }

  #interestIn(watched: Watched, home: AccountName): Interest {
    const { service, target } = watched.query;
    return answersOf({
      ...(service === home ? {} : { service }),
      path: target,
      parse: (json) => json,
      onAnswer: (answer) => this.#take(watched, answer),
    });
  }

  #take(watched: Watched, answer: LiveAnswer<unknown>): void {
    const { block } = answer;
    const before = watched.state;
    if ("failed" in answer) {
      const failure = { code: answer.failed, message: answer.failed };
      this.#show(watched, { state: { ...before, block, failure } });
      return;
    }
    const value = answer.status === 200 ? watched.query.read(answer.body) : undefined;
    if (value === undefined) {
      const failure = failureIn(answer.body) ?? malformed;
      this.#show(watched, { state: { ...before, block, failure } });
      return;
    }
    // Another node may have the same answer since an earlier block. One that is behind has another answer, and tells when it no longer is.
    if (block < watched.toldBlock && !isSameAnswer(value, watched.answer)) return;
    watched.heard++;
    watched.toldBlock = Math.max(block, watched.toldBlock);
    const state = { ...before, block: watched.toldBlock, isStale: false, failure: undefined };
    this.#show(watched, { answer: value, state });
    this.#port.kept?.set(nameOf(watched.query), answer.body);
  }

  #show(watched: Watched, changed: Partial<Pick<Watched, "patches" | "answer" | "state">>): void {
    Object.assign(watched, changed);
    const { answer, patches, state } = watched;
    const value =
      answer === undefined
        ? undefined
        : // oxlint-disable-next-line no-unsafe-type-assertion -- the patches are of this query
          patches.reduce<unknown>((shown, { update }) => update(shown as never), answer);
    watched.state = { ...state, value, isOptimistic: value !== undefined && patches.length > 0 };
    for (const listener of watched.listeners) listener(watched.state);
  }
}

/** A query whose answer an update changes. */
export type Optimistic<Args, Value> = {
  readonly query: ClientQuery<Args, Value>;
  readonly args: Args;
  readonly update: Update<Value>;
};

/** What a node takes of one stream, with some room in the length of its address. */
const queriesOfStreamMax = 24;
const targetsCharsMax = 6000;

function nameOf({ service, target }: WatchedQuery<unknown>): string {
  return `${service} ${target}`;
}

function keyOf({ home, watched }: Part): string {
  return [home, ...watched.map(({ query }) => nameOf(query)).toSorted()].join("\n");
}

/**
 * One stream, or a few where that is too much for one. It has the address of the app, if it shows something of the app's own: to that
 * service alone it is shown who asks.
 */
function partsOf(watched: readonly Watched[], app: AccountName | undefined): readonly Part[] {
  const isForeign = ({ query }: Watched): number => (query.service === app ? 0 : 1);
  const sorted = watched.toSorted((a, b) => isForeign(a) - isForeign(b));
  const parts: Watched[][] = [];
  let chars = 0;
  for (const each of sorted) {
    const last = parts.at(-1);
    const length = encodeURIComponent(nameOf(each.query)).length;
    if (
      last === undefined ||
      last.length >= queriesOfStreamMax ||
      chars + length > targetsCharsMax
    ) {
      parts.push([each]);
      chars = length;
    } else {
      last.push(each);
      chars += length;
    }
  }
  return parts.flatMap((part) => {
    const [first] = part;
    return first === undefined ? [] : [{ home: first.query.service, watched: part }];
  });
}

function byService(watched: readonly Watched[]): readonly Part[] {
  const services = Map.groupBy(watched, ({ query }) => query.service);
  return [...services].map(([home, ofService]) => ({ home, watched: ofService }));
}

const malformed = {
  code: "answer-malformed",
  message: "the answer is not what the service declares",
};

/** A write that failed changes nothing that would have to be asked for. */
function isWritten(outcome: unknown): boolean {
  return typeof outcome !== "object" || outcome === null || Reflect.get(outcome, "ok") !== false;
}

function failureIn(body: unknown): LiveState<unknown>["failure"] {
  const code: unknown = Reflect.get(Object(body), "code");
  const message: unknown = Reflect.get(Object(body), "message");
  return typeof code === "string" && typeof message === "string" ? { code, message } : undefined;
}
