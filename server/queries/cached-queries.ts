import {
  loginQuestionCodec,
  loginVerdictOf,
  type LoginQuestion,
  type LoginVerdict,
} from "@kith/chain/login";
import type { Applied } from "@kith/chain/ports";
import { httpRequestCodec, type HttpReply, type HttpRequest } from "@kith/protocol/http-message";
import { blockNumOf, type AccountName } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";

import { AnswerCache } from "./answer-cache.ts";
import type { ExecutedBlock } from "./block-feed.ts";
import { cacheBytesMax } from "./limits.ts";
import type { Queries, QueryMetrics } from "./queries.ts";
import type { Query, QueryError, QueryExecutor, QueryResult } from "./query-job.ts";
import type { RecordedAnswer } from "./query-outcome.ts";
import { questionOf, questionOfLogin } from "./question.ts";
import { TouchLog } from "./touch-log.ts";

export type RecordedResult = Result<RecordedAnswer, QueryError>;

type Asked = { readonly num: number; readonly result: Promise<RecordedResult> };

export type CachedQueriesPorts = {
  readonly executor: QueryExecutor;
  readonly applied: () => Applied | undefined;
  readonly onExecuted?: (block: ExecutedBlock) => void;
  readonly cacheBytesMax?: number;
};

/** Puts a cache in front of what runs queries. */
export class CachedQueries implements Queries {
  private readonly ports: CachedQueriesPorts;
  private readonly cache: AnswerCache;
  private readonly touches = new TouchLog();
  /** Questions that are being answered now: whoever asks the same at the same height waits with the others. */
  private readonly asked = new Map<string, Asked>();
  private cached = 0;

  constructor(ports: CachedQueriesPorts) {
    this.ports = ports;
    this.cache = new AnswerCache(ports.cacheBytesMax ?? cacheBytesMax);
  }

  async query(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): Promise<Result<HttpReply | undefined, QueryError>> {
    const question = questionOf(service, request, user);
    const asking = askingOf(service, request, user);
    // Nobody else gets this answer, so nobody needs to know what it was made from.
    if (question === undefined) return replyOf(await this.run(asking, false));
    return replyOf(await this.answerTo(question, asking));
  }

  async answer(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): Promise<RecordedResult> {
    const question = questionOf(service, request, user);
    const asking = askingOf(service, request, user);
    return question === undefined ? this.runRecorded(asking) : this.answerTo(question, asking);
  }

  /** Whoever keeps a node busy with such questions keeps it from answering for the app that they are about. */
  async mayLogIn(question: LoginQuestion): Promise<Result<LoginVerdict, QueryError>> {
    const request = loginQuestionCodec.pack(question);
    const asking = { service: question.app, user: undefined, isLogin: true, request };
    const answered = await this.answerTo(questionOfLogin(question), asking);
    if (!answered.ok) return answered;
    const { reply } = answered.value;
    if (reply === undefined) throw new Error("a login without a verdict");
    return ok(loginVerdictOf(reply));
  }

  private async answerTo(question: string, asking: Asking): Promise<RecordedResult> {
    const num = this.ports.applied()?.num ?? blockNumOf(0);
    const known = this.cache.get(question);
    if (known !== undefined) {
      if (this.touches.isCurrent(known, num)) {
        this.cached++;
        return ok(known);
      }
      this.cache.delete(question);
    }
    const asked = this.asked.get(question);
    if (asked?.num === num) return asked.result;
    return this.ask(question, num, this.runRecorded(asking));
  }

  onExecuted(block: ExecutedBlock): void {
    const { applied, changes, changedRows } = block;
    this.touches.add({ num: applied.num, changes, changedRows });
    this.ports.onExecuted?.(block);
  }

  metrics(): QueryMetrics {
    const { cached, cache } = this;
    return { ...this.ports.executor.metrics(), cached, cacheBytes: cache.sizeBytes };
  }

  close(): void {
    this.ports.executor.close();
  }

  private run(asking: Asking, wantsReads: boolean): Promise<QueryResult> {
    const least = this.ports.applied()?.num ?? blockNumOf(0);
    return this.ports.executor.run({ ...asking, least, wantsReads });
  }

  private async runRecorded(asking: Asking): Promise<RecordedResult> {
    const result = await this.run(asking, true);
    if (!result.ok) return result;
    const { reads } = result.value;
    if (reads === undefined) throw new Error("an answer does not say what it was made from");
    return ok({ ...result.value, reads });
  }

  private async ask(
    question: string,
    num: number,
    result: Promise<RecordedResult>,
  ): Promise<RecordedResult> {
    const asked = { num, result };
    this.asked.set(question, asked);
    try {
      const answer = await result;
      if (answer.ok && !answer.value.isFailure) this.cache.put(question, answer.value);
      return answer;
    } finally {
      if (this.asked.get(question) === asked) this.asked.delete(question);
    }
  }
}

type Asking = Pick<Query, "service" | "user" | "isLogin" | "request">;

function askingOf(
  service: AccountName,
  request: HttpRequest,
  user: AccountName | undefined,
): Asking {
  return { service, user, isLogin: false, request: httpRequestCodec.pack(request) };
}

function replyOf(result: QueryResult): Result<HttpReply | undefined, QueryError> {
  return result.ok ? ok(result.value.reply) : result;
}
