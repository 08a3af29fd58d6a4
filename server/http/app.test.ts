import assert from "node:assert/strict";
import { test } from "node:test";

import { createApp } from "./app.ts";
import { FakeNode } from "./fake-node.ts";

const connection = { remoteAddress: "127.0.0.1" };

function ask(node: FakeNode, url: string, init: RequestInit = {}) {
  const app = createApp(node, {
    rootHost: "kith.localhost",
    adminKeys: ["secret"],
    onFault: (fault) => {
      throw fault;
    },
  });
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", new URL(url).host);
  return app.fetch(new Request(url, { ...init, headers }), connection);
}

test("the root host leads home and keeps the port", async () => {
  const answer = await ask(new FakeNode(), "http://kith.localhost:8080/a?b=c", {
    redirect: "manual",
  });
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.get("location"), "//home.kith.localhost:8080/a?b=c");
});

test("a file of a site is served on its account's subdomain", async () => {
  const node = new FakeNode();
  node.put("app", "/x.txt", { body: new TextEncoder().encode("hello") });
  const answer = await ask(node, "http://app.kith.localhost:8080/x.txt");
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), "hello");
});
