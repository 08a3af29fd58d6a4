import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesWithin } from "./bytes-within.ts";

test("a body is read to its end, up to the limit", async () => {
  assert.deepEqual(await bytesWithin(3, new Response("abc")), new TextEncoder().encode("abc"));
  assert.deepEqual(await bytesWithin(3, new Response(null)), new Uint8Array());
  assert.equal(await bytesWithin(2, new Response("abc")), undefined);
});

test("a body that never ends is read no further than the limit, and let go", async () => {
  let isLetGo = false;
  let sentBytes = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      sentBytes += 100;
      controller.enqueue(new Uint8Array(100));
    },
    cancel: () => {
      isLetGo = true;
    },
  });
  assert.equal(await bytesWithin(1000, new Response(endless)), undefined);
  assert.ok(isLetGo && sentBytes <= 1300, `${sentBytes} bytes`);
});
