import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, blockNumOf, nodeIdOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { FakeNode } from "./fake-node.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

test("the root host leads home and keeps port, path and query", async () => {
  const answer = await ask(testApp(new FakeNode()), "http://kith.localhost:8080/a?b=c");
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.get("location"), "//home.kith.localhost:8080/a?b=c");
});

test("the common endpoints answer on every domain", async () => {
  const app = testApp(new FakeNode());
  for (const host of ["kith.localhost:8080", "app.kith.localhost:8080"]) {
    const at = (path: string) => ask(app, `http://${host}/common/${path}`);
    assert.equal(await (await at("chainid")).json(), "01".repeat(32));
    assert.deepEqual(await (await at("tapos/head")).json(), {
      refBlockIndex: 7,
      refBlockId: "07".repeat(32),
    });
    assert.equal(await (await at("rootdomain")).json(), "kith.localhost:8080");
    const service: unknown = await (await at("thisservice")).json();
    assert.equal(service, host.startsWith("app") ? "app" : "home");
    assert.equal((await at("chainid")).headers.get("access-control-allow-origin"), "*");
  }
});

test("a node that has not joined says so instead of inventing an answer", async () => {
  const node = new FakeNode();
  node.started = false;
  const app = testApp(node);
  for (const path of ["/common/chainid", "/common/tapos/head", "/index.html"]) {
    const answer = await ask(app, `http://app.kith.localhost${path}`);
    assert.equal(answer.status, 503);
    assert.equal(await codeOf(answer), "network-not-started");
  }
});

test("the public facts can be had by address, so that nodes can join and be watched", async () => {
  const app = testApp(new FakeNode());
  for (const host of ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"]) {
    assert.equal((await ask(app, `http://${host}/common/chainid`)).status, 200);
    const producers = await ask(app, `http://${host}/common/producers`);
    const alice = { account: "alice", node: "11".repeat(32) };
    assert.deepEqual(await producers.json(), {
      headNum: 7,
      producers: [alice.node],
      current: { algorithm: "cft", producers: [alice] },
    });
    const genesis = await ask(app, `http://${host}/common/genesis`);
    assert.deepEqual(new Uint8Array(await genesis.arrayBuffer()), Uint8Array.of(1, 2, 3));
    assert.equal((await ask(app, `http://${host}/readyz`)).status, 200);
    assert.equal((await ask(app, `http://${host}/status`)).status, 302);
  }
});

test("who was caught lying is public, with what proves it", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const url = "http://kith.localhost/common/evidence";
  assert.deepEqual(await (await ask(app, url)).json(), { evidence: [] });
  const block = { num: blockNumOf(5), id: blockIdOf("05".repeat(32)) };
  node.found = [
    {
      node: nodeIdOf("22".repeat(32)),
      account: accountNameConstant("node-2"),
      term: termOf(4),
      epoch: blockNumOf(1),
      blocks: [block, { ...block, id: blockIdOf("06".repeat(32)) }],
      foundMicros: 1_700_000_000_000_000,
      proof: Uint8Array.of(1, 255),
    },
  ];
  const told = {
    node: "22".repeat(32),
    account: "node-2",
    term: 4,
    epoch: 1,
    blocks: [
      { num: 5, id: "05".repeat(32) },
      { num: 5, id: "06".repeat(32) },
    ],
    found: "2023-11-14T22:13:20.000000Z",
    proof: "01ff",
  };
  assert.deepEqual(await (await ask(app, url)).json(), { evidence: [told] });
  const status = await ask(app, "http://x-admin.kith.localhost/status", { from: "127.0.0.1" });
  assert.deepEqual(((await status.json()) as { evidence: unknown }).evidence, [told]);
});

test("a read for a host of no network is led to the root, anything else is refused", async () => {
  const app = testApp(new FakeNode());
  const read = await ask(app, "http://127.0.0.1:8080/x");
  assert.equal(read.status, 302);
  assert.equal(read.headers.get("location"), "//kith.localhost:8080/");
  const write = await ask(app, "http://127.0.0.1:8080/x", { method: "POST", body: "x" });
  assert.equal(write.status, 421);
  assert.equal(await codeOf(write), "host-unknown");
});

test("an account that does not exist, or could not, is not found", async () => {
  const app = testApp(new FakeNode());
  for (const name of ["nobody", "waytoolongname", "-x", "a.b", "a--b"]) {
    const answer = await ask(app, `http://${name}.kith.localhost/`);
    assert.equal(answer.status, 404);
    assert.equal(await codeOf(answer), "account-unknown");
  }
});

test("who wants to read what anybody was told waits until the node has it, or hears why it has not", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  const head = (query: string) => ask(app, `http://app.kith.localhost/common/head${query}`);
  const waited = await head("?wait_for=acknowledged");
  assert.equal(waited.status, 200);
  assert.deepEqual(await waited.json(), await (await head("")).json());
  for (const query of ["?wait_for=final", "?wait_for=", "?x=1"]) {
    const wrong = await head(query);
    assert.equal(wrong.status, 400, query);
    assert.equal(await codeOf(wrong), "parameter-invalid");
  }
  for (const error of [
    { code: "leader-silent" },
    { code: "catching-up", timeoutMs: 10_000 },
  ] as const) {
    node.catchUpError = error;
    const late = await head("?wait_for=acknowledged");
    assert.equal(late.status, 503);
    assert.equal(late.headers.get("retry-after"), "1");
    assert.equal(await codeOf(late), error.code);
    assert.equal((await head("")).status, 200);
  }
});

test("a malformed Host header is refused", async () => {
  const app = testApp(new FakeNode());
  for (const host of [
    "a b",
    "a/b",
    "x@kith.localhost",
    "kith.localhost:99999",
    "é",
    "a:b",
    "[::1",
  ]) {
    const request = new Request("http://kith.localhost/");
    const headers = { get: (name: string) => (name === "host" ? host : null) };
    Object.defineProperty(request, "headers", {
      value: Object.assign(new Headers(), headers),
    });
    const answer = await app.fetch(request, () => "127.0.0.1");
    assert.equal(answer.status, 400, host);
    assert.equal(await codeOf(answer), "host-malformed");
  }
});

test("a path that is not percent-encoded UTF-8 without NUL is refused", async () => {
  const app = testApp(new FakeNode());
  for (const path of ["/%zz", "/%ff", "/%00", "/a%2", "/%c3%28"]) {
    const answer = await ask(app, `http://app.kith.localhost${path}`);
    assert.equal(answer.status, 400, path);
    assert.equal(await codeOf(answer), "target-malformed");
  }
});

test("a target or headers that are too long are refused", async () => {
  const app = testApp(new FakeNode());
  const long = await ask(app, `http://app.kith.localhost/${"a".repeat(9000)}`);
  assert.equal(long.status, 414);
  const headers = { "x-long": "a".repeat(17_000) };
  const heavy = await ask(app, "http://app.kith.localhost/", { headers });
  assert.equal(heavy.status, 431);
});

test("cookies that another app has tossed in stop nobody, and the browser is told to forget them", async () => {
  const node = new FakeNode();
  node.put("app", "/x", { body: new TextEncoder().encode("hello") });
  const app = testApp(node);
  const cookie = Array.from({ length: 180 }, (_, at) => `c${at}=${"a".repeat(4090)}`).join("; ");
  for (const path of ["/x", "/x", "/nothing", "/common/chainid"]) {
    const bombed = await ask(app, `http://app.kith.localhost${path}`, { headers: { cookie } });
    const plain = await ask(app, `http://app.kith.localhost${path}`);
    assert.deepEqual(
      [bombed.status, await bombed.text()],
      [plain.status, await plain.text()],
      path,
    );
    assert.equal(bombed.headers.get("clear-site-data"), '"cookies"', path);
    assert.equal(plain.headers.get("clear-site-data"), null, path);
  }
  const headers = { cookie: "a=b; __Host-kith-session=c" };
  const few = await ask(app, "http://app.kith.localhost/x", { headers });
  assert.equal(few.headers.get("clear-site-data"), null);
  const heavy = { cookie, "x-long": "a".repeat(17_000) };
  const refused = await ask(app, "http://app.kith.localhost/x?", { headers: heavy });
  assert.deepEqual([refused.status, await codeOf(refused)], [431, "headers-too-large"]);
});

test("a method that a path does not have is refused with those that it has", async () => {
  const app = testApp(new FakeNode());
  const wrong = [
    ["POST", "http://app.kith.localhost/common/chainid", "GET, HEAD"],
    ["DELETE", "http://app.kith.localhost/x", "GET, HEAD"],
    ["GET", "http://transact.kith.localhost/push_transaction", "POST"],
    ["PUT", "http://kith.localhost/livez", "GET, HEAD"],
    ["POST", "http://x-admin.kith.localhost/status", "GET, HEAD"],
    ["POST", `http://transact.kith.localhost/transactions/${"0".repeat(64)}`, "GET, HEAD"],
  ];
  for (const [method = "", url = "", allow] of wrong) {
    const answer = await ask(app, url, { method });
    assert.equal(answer.status, 405, url);
    assert.equal(answer.headers.get("allow"), allow);
    assert.equal(await codeOf(answer), "method-not-allowed");
  }
});

test("health and metrics are on the root host only", async () => {
  const node = new FakeNode();
  const app = testApp(node);
  assert.equal((await ask(app, "http://kith.localhost/livez")).status, 200);
  assert.equal((await ask(app, "http://kith.localhost/readyz")).status, 200);
  const metrics = await (await ask(app, "http://kith.localhost/metrics")).text();
  assert.match(metrics, /^kith_block_height\{kind="final"\} 7$/m);
  assert.match(metrics, /^kith_transactions_executed_total 20$/m);
  assert.match(metrics, /^kith_queries_total\{kind="cached"\} 40$/m);
  assert.match(metrics, /^kith_query_process_restarts_total 7$/m);
  assert.match(metrics, /^kith_http_answers_total\{kind="routed"\} 2$/m);
  node.started = false;
  const unready = await ask(app, "http://kith.localhost/readyz");
  assert.equal(unready.status, 503);
  assert.deepEqual(await unready.json(), { ready: false, reasons: ["joining"] });
  assert.equal((await ask(app, "http://app.kith.localhost/livez")).status, 503);
});

test("administration is for this machine and for holders of a key", async () => {
  const app = testApp(new FakeNode());
  const url = "http://x-admin.kith.localhost:8080/status";
  const status = await ask(app, url);
  assert.equal(status.status, 200);
  assert.equal(status.headers.get("access-control-allow-origin"), null);
  const body: unknown = await status.json();
  assert.ok(typeof body === "object" && body !== null && "role" in body && body.role === "leader");

  assert.equal((await ask(app, url, { from: "::ffff:127.0.0.1" })).status, 200);
  assert.equal((await ask(app, url, { from: "::1" })).status, 200);
  assert.equal(await codeOf(await ask(app, url, { from: "10.0.0.7" })), "admin-key-needed");
  const withKey = (key: string) =>
    ask(app, url, { from: "10.0.0.7", headers: { authorization: `Bearer ${key}` } });
  assert.equal((await withKey("secret")).status, 200);
  assert.equal((await withKey("secre")).status, 401);
});

test("a page cannot administer through its visitor's browser, nor a proxy through its address", async () => {
  const app = testApp(new FakeNode());
  const url = "http://x-admin.kith.localhost:8080/status";
  const refused = [
    { origin: "http://app.kith.localhost:8080" },
    { origin: "null" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site" },
    { "x-forwarded-for": "10.0.0.7" },
  ];
  for (const headers of refused) {
    const given = new Headers(Object.entries(headers));
    assert.equal((await ask(app, url, { headers: given })).status, 403, JSON.stringify(headers));
  }
  const own = { origin: "http://x-admin.kith.localhost:8080", "sec-fetch-site": "same-origin" };
  assert.equal((await ask(app, url, { headers: own })).status, 200);
  assert.equal((await ask(app, "http://evil.example/status", { method: "POST" })).status, 421);
});
