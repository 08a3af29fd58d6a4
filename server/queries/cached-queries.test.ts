import assert from "node:assert/strict";
import { test } from "node:test";

import type { HttpRequest } from "@kith/protocol/http-message";
import { blockNumOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { ok } from "@kith/protocol/result";

import { CachedQueries } from "./cached-queries.ts";
import type { Query, QueryExecutor } from "./query-job.ts";

const service = accountNameConstant("app");
const reads = [{ service, space: 0, key: Uint8Array.of(1) }];

function request(method: string): HttpRequest {
  const body = new Uint8Array();
  return { method, host: "app.kith", rootHost: "kith", path: "/", query: "", headers: [], body };
}

function open(says?: Pick<Query, "wantsReads">) {
  const asked: Query[] = [];
  const executor: QueryExecutor = {
    run: async (query) => {
      asked.push(query);
      const { wantsReads } = says ?? query;
      const answered = { num: blockNumOf(1), usesContext: false, isFailure: false };
      return ok(wantsReads ? { ...answered, reads } : answered);
    },
    metrics: () => ({
      processes: 0,
      waiting: 0,
      answered: asked.length,
      timedOut: 0,
      refused: 0,
      restarts: 0,
    }),
    close: () => undefined,
  };
  return { asked, queries: new CachedQueries({ executor, applied: () => undefined }) };
}

test("what an answer was made from is only asked for when the answer is kept or followed", async () => {
  const { asked, queries } = open();
  await queries.query(service, request("POST"));
  await queries.query(service, request("GET"));
  const followed = await queries.answer(service, request("POST"));
  assert.deepEqual(
    asked.map(({ wantsReads }) => wantsReads),
    [false, true, true],
  );
  assert.ok(followed.ok);
  assert.deepEqual(followed.value.reads, reads);
});

test("an answer that does not say what it was made from is not kept", async () => {
  const { asked, queries } = open({ wantsReads: false });
  for (let time = 1; time <= 2; time++) {
    await assert.rejects(queries.query(service, request("GET")), /what it was made from/);
    assert.equal(asked.length, time);
  }
  assert.equal(queries.metrics().cacheBytes, 0);
});
