import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesWithin } from "./bytes-within.ts";

const limits = { bytesMax: 1000, silenceMs: 1000, patienceMs: 1000 };

/** A body that sends so many bytes each time it is asked, after a while. */
function endless(sizeBytes: number, afterMs = 0) {
  const seen = { isLetGo: false, sentBytes: 0 };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      if (afterMs > 0) await new Promise((done) => setTimeout(done, afterMs));
      if (seen.isLetGo) return;
      seen.sentBytes += sizeBytes;
      controller.enqueue(new Uint8Array(sizeBytes));
    },
    cancel: () => void (seen.isLetGo = true),
  });
  return { seen, answer: { body } };
}

test("a body is read to its end, up to the limit", async () => {
  const three = { ...limits, bytesMax: 3 };
  assert.deepEqual(await bytesWithin(three, new Response("abc")), new TextEncoder().encode("abc"));
  assert.deepEqual(await bytesWithin(three, new Response(null)), new Uint8Array());
  await assert.rejects(bytesWithin({ ...limits, bytesMax: 2 }, new Response("abc")), {
    code: "answer-too-long",
  });
});

test("a body that never ends is read no further than the limit, and let go", async () => {
  const { seen, answer } = endless(100);
  await assert.rejects(bytesWithin(limits, answer), { code: "answer-too-long" });
  assert.ok(seen.isLetGo && seen.sentBytes <= 1300, `${seen.sentBytes} bytes`);
});

test("a body that says nothing any more is let go", async () => {
  const { seen, answer } = endless(1, 60_000);
  assert.equal(await bytesWithin({ ...limits, silenceMs: 20 }, answer), undefined);
  assert.ok(seen.isLetGo);
});

test("a body that comes drop by drop has its time, and no more", async () => {
  const { seen, answer } = endless(1, 20);
  assert.equal(await bytesWithin({ ...limits, patienceMs: 100 }, answer), undefined);
  assert.ok(seen.isLetGo && seen.sentBytes > 0 && seen.sentBytes < 20, `${seen.sentBytes} bytes`);
});
