import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeNode } from "./fake-node.ts";
import { nodesListedMax } from "./limits.ts";
import { listNodes } from "./node-urls.ts";
import { ask, testApp } from "./test-app.ts";

const local = { rootHost: "kith.localhost", origin: "http://kith.localhost:8080" };

test("nodes of one machine are its ports, and this one is marked", () => {
  const addresses = {
    own: "ws://127.0.0.1:8080/p2p",
    others: ["ws://127.0.0.1:8081/p2p", "ws://[::1]:8082/p2p", "ws://localhost:8081/p2p"],
  };
  assert.deepEqual(listNodes(addresses, local), [
    { url: "http://kith.localhost:8080", self: true },
    { url: "http://kith.localhost:8081" },
    { url: "http://kith.localhost:8082" },
  ]);
});

test("addresses that mean nothing to a browser are left out", () => {
  const others = [
    "ws://127.0.0.1:8081/p2p",
    "ws://10.0.0.7:8080/p2p",
    "wss://node-2.example.org/p2p",
    "wss://kith.example/p2p",
    "wss://kith.example:8443/p2p",
    "ws://kith.example:8080/p2p",
    "https://kith.example:9443/p2p",
    "nonsense",
  ];
  const origin = "https://kith.example:7443";
  assert.deepEqual(listNodes({ others }, { rootHost: "kith.example", origin }), [
    { url: origin, self: true },
    { url: "https://kith.example" },
    { url: "https://kith.example:8443" },
    { url: "http://kith.example:8080" },
  ]);
  assert.deepEqual(listNodes({ own: "ws://10.0.0.7:8080/p2p", others: others.slice(1) }, local), [
    { url: local.origin, self: true },
  ]);
});

test("a client is told of so many nodes and no more, the first of them", () => {
  const others = Array.from({ length: 50 }, (_, at) => `ws://127.0.0.1:${9000 + at}/p2p`);
  const listed = listNodes({ others }, local);
  assert.equal(listed.length, nodesListedMax);
  assert.deepEqual(listed[1], { url: "http://kith.localhost:9000" });
});

test("every domain tells every page where else the network is", async () => {
  const node = new FakeNode();
  node.addresses = { others: ["ws://127.0.0.1:8081/p2p"] };
  const app = testApp(node);
  for (const host of ["app.kith.localhost:8080", "kith.localhost:8080", "127.0.0.1:8080"]) {
    const answer = await ask(app, `http://${host}/common/nodes`);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.deepEqual(await answer.json(), {
      nodes: [{ url: local.origin, self: true }, { url: "http://kith.localhost:8081" }],
    });
  }
  const headers = { "x-forwarded-proto": "https" };
  const behindProxy = await ask(app, "http://kith.localhost/common/nodes", { headers });
  const told = JSON.stringify(await behindProxy.json());
  assert.match(told, /"url":"https:\/\/kith\.localhost","self":true/);
  assert.equal(
    (await ask(app, "http://kith.localhost/common/nodes", { method: "POST" })).status,
    405,
  );
});
