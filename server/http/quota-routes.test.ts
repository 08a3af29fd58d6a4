import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeNode } from "./fake-node.ts";
import { testApp } from "./test-app.ts";

const app = testApp(new FakeNode());

async function ask(query: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const url = `http://app.kith.localhost:8080/common/quota${query}`;
  const headers = { host: "app.kith.localhost:8080" };
  const answer = await app.fetch(new Request(url, { headers }), () => "127.0.0.1");
  const body: unknown = await answer.json();
  return { status: answer.status, body };
}

test("what an account has used is told to everybody", async () => {
  const { status, body } = await ask("?account=app");
  assert.equal(status, 200);
  assert.deepEqual(body, {
    windowSeconds: 60,
    used: { fuel: 1, storedBytes: 2, carriedBytes: 3 },
  });
});

test("an account that is none, or unknown, has an answer of its own", async () => {
  assert.equal((await ask("?account=A")).status, 400);
  assert.equal((await ask("")).status, 400);
  assert.equal((await ask("?account=nobody")).status, 404);
});
