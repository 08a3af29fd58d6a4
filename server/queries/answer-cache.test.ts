import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { AnswerCache } from "./answer-cache.ts";
import { cachedAnswerBytesMax } from "./limits.ts";
import type { RecordedAnswer } from "./query-outcome.ts";

function answer(sizeBytes: number): RecordedAnswer {
  const body = new Uint8Array(sizeBytes);
  const reply = { status: 200, contentType: "text/plain", headers: [], body };
  return { num: blockNumOf(1), usesContext: false, isFailure: false, reads: [], reply };
}

test("what was not asked for longest makes room, and the size stays within its bound", () => {
  const cache = new AnswerCache(20_000);
  for (let at = 0; at < 10; at++) cache.put(`question ${at}`, answer(1_000));
  assert.ok(cache.get("question 0") !== undefined);
  for (let at = 10; at < 20; at++) {
    cache.put(`question ${at}`, answer(1_000));
    assert.ok(cache.sizeBytes <= 20_000);
    assert.ok(cache.get("question 0") !== undefined, "it is asked for all the time");
  }
  assert.equal(cache.get("question 1"), undefined);
  assert.ok(cache.get("question 19") !== undefined);
});

test("an answer that is put again or taken out counts once", () => {
  const cache = new AnswerCache(1_000_000);
  cache.put("a", answer(1_000));
  const before = cache.sizeBytes;
  cache.put("a", answer(1_000));
  assert.equal(cache.sizeBytes, before);
  cache.delete("a");
  cache.delete("a");
  assert.equal(cache.sizeBytes, 0);
});

test("an answer that is too large is not kept, and what was known before is gone", () => {
  const cache = new AnswerCache(100 * cachedAnswerBytesMax);
  cache.put("a", answer(1_000));
  cache.put("a", answer(cachedAnswerBytesMax));
  assert.equal(cache.get("a"), undefined);
  assert.equal(cache.sizeBytes, 0);
});
