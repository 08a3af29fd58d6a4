import assert from "node:assert/strict";

import type { BlockResult } from "@kith/chain/apply-block";
import { answerFrom } from "@kith/chain/query";
import type { AnswerRead, ChangeSource, Clock, ExecutedBlock } from "@kith/changes/change-source";
import type { ChangeStream } from "@kith/changes/change-stream";
import { ChangeHub, type ListenRequest } from "@kith/changes/hub";
import type { ChangeMessage } from "@kith/changes/message";
import { parsePosition } from "@kith/changes/position";
import { answerGraphql } from "@kith/graphql/answer-graphql";
import { httpRequestCodec } from "@kith/protocol/http-message";
import { ok } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine } from "@kith/sandbox/machine";
import type { Signature } from "@kith/sdk/signature";
import { packAction } from "@kith/sdk/transaction";

import { owner, ownerKey, TestNetwork } from "../network.ts";
import { feed } from "./feed.ts";

/** Time that only tests move. */
class TestClock implements Clock {
  ms = 0;
  private readonly timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  nowMs(): number {
    return this.ms;
  }

  /** Without a delay: when those are done who are at it now. */
  after(delayMs: number, run: () => void): () => void {
    if (delayMs === 0) {
      let isOn = true;
      queueMicrotask(() => isOn && run());
      return () => {
        isOn = false;
      };
    }
    const timer = { atMs: this.ms + delayMs, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  advance(byMs: number): void {
    const endMs = this.ms + byMs;
    for (;;) {
      const due = [...this.timers].filter(({ atMs }) => atMs <= endMs);
      const [next] = due.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.timers.delete(next);
      this.ms = next.atMs;
      next.run();
    }
    this.ms = endMs;
  }
}

/** A chain with the service `feed`, and a hub that tells what its blocks change. */
export class ListenedNetwork {
  readonly network: TestNetwork = new TestNetwork({ services: [feed.module] });
  readonly clock = new TestClock();
  readonly hub: ChangeHub;
  readonly faults: unknown[] = [];
  /** How often a live query was answered. */
  answers = 0;
  /** Instead of an answer. */
  failing: "query-timeout" | undefined;
  #listener: ((block: ExecutedBlock) => void) | undefined;

  constructor() {
    this.hub = this.restartedHub();
  }

  /** A hub as a node has it that was started again. */
  restartedHub(): ChangeHub {
    return new ChangeHub({
      source: this.#source(),
      clock: this.clock,
      onFault: (fault) => this.faults.push(fault),
    });
  }

  /** A block with one transaction of these actions; with none when there are none. */
  block(...actions: readonly Action[]): BlockResult {
    const transactions = actions.length === 0 ? [] : [this.network.transaction(actions, ownerKey)];
    const result = this.network.block(transactions);
    assert.equal(result.receipts[0]?.failure, undefined);
    this.tell(result);
    return result;
  }

  tell(result: Pick<BlockResult, "applied" | "changes" | "events">): void {
    this.#listener?.({
      num: result.applied.num,
      changes: result.changes,
      events: result.events.map(({ service, declared, data }) => ({
        service,
        name: declared.name,
        data,
      })),
      codeChanged: false,
    });
  }

  listen(given: Partial<Omit<ListenRequest, "since">> & { since?: string }, hub = this.hub) {
    const { since, ...rest } = given;
    const position = since === undefined ? ok(undefined) : parsePosition(since);
    assert.ok(position.ok);
    return hub.open({
      service: feed.name,
      host: "feed.kith.localhost",
      rootHost: "kith.localhost",
      wanted: [{ kind: "rows", table: "posts" }],
      address: undefined,
      ...rest,
      since: position.value,
    });
  }

  listener(given: Parameters<ListenedNetwork["listen"]>[0], hub = this.hub): Listener {
    const stream = this.listen(given, hub);
    assert.ok(stream.ok, JSON.stringify(stream));
    return new Listener(stream.value);
  }

  #source(): ChangeSource {
    const { chain } = this.network;
    return {
      headNum: () => chain.applied()?.num,
      definition: (service) => chain.definition(service),
      rows: chain.rows,
      answer: (service, request) => {
        this.answers++;
        const { failing } = this;
        if (failing !== undefined) {
          return Promise.resolve({ ok: false, error: { code: failing } } as const);
        }
        const applied = chain.applied();
        assert.ok(applied !== undefined);
        const reads: AnswerRead[] = [];
        const rows = {
          getRow: (address: Parameters<typeof chain.rows.getRow>[0]) => {
            reads.push(address);
            return chain.rows.getRow(address);
          },
          rangeRows: (range: Parameters<typeof chain.rows.rangeRows>[0]) => {
            reads.push({ service: range.service, space: range.space });
            return chain.rows.rangeRows(range);
          },
        };
        const view = {
          machine: openMachine(inProcessMachine([feed.module])),
          num: applied.num,
          time: applied.time,
          rows,
          standard: answerGraphql,
        };
        const { reply, usesContext } = answerFrom(view, service, httpRequestCodec.pack(request));
        return Promise.resolve(
          ok({ ...(reply === undefined ? {} : { reply }), usesContext, reads }),
        );
      },
      onBlock: (listener) => {
        this.#listener = listener;
        return () => {
          if (this.#listener === listener) this.#listener = undefined;
        };
      },
    };
  }
}

export type Told = { readonly name: string; readonly id: string | undefined; readonly data: Json };
type Json = { readonly [name: string]: unknown };

/** Takes messages of a stream one turn after the other. */
export class Listener {
  readonly stream: ChangeStream;
  #next: Promise<readonly ChangeMessage[] | undefined> | undefined;

  constructor(stream: ChangeStream) {
    this.stream = stream;
  }

  /** The messages of the next turn; undefined when the stream has ended. */
  async turn(): Promise<readonly Told[] | undefined> {
    this.#next ??= this.stream.next();
    const messages = await this.#next;
    this.#next = undefined;
    return messages?.map(({ name, id, data }) => ({
      name,
      id,
      data: data === undefined ? {} : jsonOf(data),
    }));
  }

  /** What there is to tell at this moment; nothing when it waits. */
  async now(): Promise<readonly Told[]> {
    this.#next ??= this.stream.next();
    const waits = Symbol("waits");
    // Answers of live queries take a few turns of promises.
    const late = (async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      return waits;
    })();
    const first = await Promise.race([this.#next, late]);
    return first === waits ? [] : ((await this.turn()) ?? []);
  }
}

function jsonOf(data: string): Json {
  const json: unknown = JSON.parse(data);
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

type Actions = typeof feed.actions;

export function act<Name extends keyof Actions>(
  name: Name,
  args: Actions[Name] extends Signature<infer Args, unknown> ? Args : never,
): Action {
  return packAction<Actions, Name>(owner, feed, name, args);
}
