import { equalBytes } from "@kith/protocol/hashes";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";

import { answerText } from "./answer-text.ts";
import type { AnswerRead, ChangeSource, Clock, ExecutedBlock } from "./change-source.ts";
import type { LiveQuestion } from "./interest.ts";
import {
  evaluationRest,
  evaluationsMax,
  liveAnswerBytesMax,
  retryAfterFailureMs,
} from "./limits.ts";
import { Readers } from "./readers.ts";

/** The newest answer to a live query, or why there is none. */
export type LiveState =
  | { readonly kind: "answered"; readonly reply: HttpReply }
  | {
      readonly kind: "failed";
      readonly code:
        | "query-timeout"
        | "query-queue-full"
        | "query-crashed"
        | "not-found"
        | "answer-too-large";
    };

/** A question that stays open: asked once for all who wait for its answers. */
export type LiveQuery = {
  readonly name: string;
  readonly service: AccountName;
  readonly request: HttpRequest;
  /** Whose question it is. */
  readonly user: AccountName | undefined;
  readonly listeners: Set<() => void>;
  /** Counts the answers that differed from the one before; 0 before the first. */
  version: number;
  state: LiveState | undefined;
  /** The state as it is told: after which block it held, and what it is. */
  text: string;
  reads: readonly AnswerRead[];
  usesContext: boolean;
  isWaiting: boolean;
  isRunning: boolean;
  /** Something that it reads has changed since it was last asked. */
  isStale: boolean;
  notBeforeMs: number;
};

/** Answers live queries again when a block changes what they read, and tells their listeners when an answer differs. */
export class LiveQueries {
  private readonly source: ChangeSource;
  private readonly clock: Clock;
  private readonly onFault: (fault: unknown) => void;
  private readonly queries = new Map<string, LiveQuery>();
  private readonly readers = new Readers<LiveQuery>();
  private waiting: LiveQuery[] = [];
  private running = 0;
  private callOff: (() => void) | undefined;

  constructor(source: ChangeSource, clock: Clock, onFault: (fault: unknown) => void) {
    this.source = source;
    this.clock = clock;
    this.onFault = onFault;
  }

  get size(): number {
    return this.queries.size;
  }

  has(service: AccountName, question: LiveQuestion): boolean {
    return this.queries.has(nameOf(service, question));
  }

  /** `listener` is called when there is a first or another answer. */
  join(service: AccountName, question: LiveQuestion, listener: () => void): LiveQuery {
    const name = nameOf(service, question);
    const known = this.queries.get(name);
    const query = known ?? newQuery(name, service, question);
    query.listeners.add(listener);
    if (known === undefined) {
      this.queries.set(name, query);
      this.ask(query);
    }
    return query;
  }

  leave(query: LiveQuery, listener: () => void): void {
    query.listeners.delete(listener);
    if (query.listeners.size > 0) return;
    this.queries.delete(query.name);
    this.readers.remove(query, query.reads);
    this.waiting = this.waiting.filter((each) => each !== query);
  }

  /** `isGap`: what came before is not known. */
  onBlock(block: ExecutedBlock, isGap: boolean): void {
    if (this.queries.size === 0) return;
    if (isGap) {
      for (const query of this.queries.values()) this.ask(query);
      return;
    }
    for (const query of this.queries.values()) {
      // What a query that is under way reads is not known yet.
      if (query.usesContext || query.isRunning) this.ask(query);
    }
    for (const { address } of block.changes()) {
      for (const query of this.readers.of(address)) if (!query.isStale) this.ask(query);
    }
  }

  close(): void {
    this.callOff?.();
    this.waiting = [];
    this.queries.clear();
    this.readers.clear();
  }

  private ask(query: LiveQuery): void {
    query.isStale = true;
    if (query.isWaiting || query.isRunning) return;
    query.isWaiting = true;
    this.waiting.push(query);
    this.work();
  }

  private work(): void {
    this.callOff?.();
    this.callOff = undefined;
    const nowMs = this.clock.nowMs();
    for (const query of this.waiting) {
      if (this.running >= evaluationsMax) return;
      if (query.notBeforeMs <= nowMs) void this.evaluate(query);
    }
    if (this.waiting.length === 0) return;
    const nextMs = Math.min(...this.waiting.map(({ notBeforeMs }) => notBeforeMs));
    this.callOff = this.clock.after(Math.max(1, nextMs - nowMs), () => this.work());
  }

  private async evaluate(query: LiveQuery): Promise<void> {
    this.waiting = this.waiting.filter((each) => each !== query);
    Object.assign(query, { isWaiting: false, isRunning: true, isStale: false });
    this.running++;
    const startMs = this.clock.nowMs();
    const askedAt = this.source.headNum() ?? 0;
    let isAnswered = false;
    try {
      isAnswered = await this.update(query, askedAt);
    } catch (fault) {
      this.onFault(fault);
    }
    const endMs = this.clock.nowMs();
    const restMs = (endMs - startMs) * evaluationRest;
    query.notBeforeMs = endMs + (isAnswered ? restMs : Math.max(restMs, retryAfterFailureMs));
    // Without an answer it is not known what would have to change for another one.
    if (!isAnswered) query.isStale = true;
    query.isRunning = false;
    this.running--;
    if (this.queries.get(query.name) !== query) return this.work();
    if (query.isStale) this.ask(query);
    else this.work();
  }

  private async update(query: LiveQuery, askedAt: number): Promise<boolean> {
    const answer = await this.source.answer(query.service, query.request, query.user);
    if (this.queries.get(query.name) !== query) return true;
    if (answer.ok) {
      this.readers.remove(query, query.reads);
      query.reads = answer.value.reads;
      query.usesContext = answer.value.usesContext;
      this.readers.add(query, query.reads);
    }
    const state: LiveState = answer.ok
      ? stateOf(answer.value.reply)
      : { kind: "failed", code: answer.error.code };
    if (query.state !== undefined && isSame(query.state, state)) return answer.ok;
    query.state = state;
    query.text = answerText(state, askedAt);
    query.version++;
    for (const listener of query.listeners) listener();
    return answer.ok;
  }
}

function newQuery(name: string, service: AccountName, { request, user }: LiveQuestion): LiveQuery {
  return {
    name,
    service,
    request,
    user,
    listeners: new Set(),
    version: 0,
    state: undefined,
    text: "",
    reads: [],
    usesContext: false,
    isWaiting: false,
    isRunning: false,
    isStale: true,
    notBeforeMs: 0,
  };
}

function nameOf(service: AccountName, { request, user }: LiveQuestion): string {
  const { host, path, query } = request;
  return `${user ?? ""} ${service}\n${host}\n${path}\n${query}`;
}

function stateOf(reply: HttpReply | undefined): LiveState {
  if (reply === undefined) return { kind: "failed", code: "not-found" };
  if (reply.body.length > liveAnswerBytesMax) return { kind: "failed", code: "answer-too-large" };
  return { kind: "answered", reply };
}

function isSame(a: LiveState, b: LiveState): boolean {
  if (a.kind === "failed" || b.kind === "failed") {
    return a.kind === "failed" && b.kind === "failed" && a.code === b.code;
  }
  const [one, other] = [a.reply, b.reply];
  return (
    one.status === other.status &&
    one.contentType === other.contentType &&
    equalBytes(one.body, other.body)
  );
}
