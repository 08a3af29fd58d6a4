import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

import { accountNameConstant } from "@kith/protocol/names";

import { createApp } from "./app.ts";
import { FakeNode } from "./fake-node.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

const text = "the quick brown fox jumps over the lazy dog. ".repeat(20);
const plain = new TextEncoder().encode(text);
const packed = new Uint8Array(brotliCompressSync(plain));
const page = "http://app.kith.localhost:8080/page.txt";
const program = "http://app.kith.localhost:8080/app.js";

function nodeWithSite(): FakeNode {
  const node = new FakeNode();
  node.put("app", "/page.txt", { body: plain, headers: [{ name: "etag", value: '"aa"' }] });
  node.put("app", "/app.js", {
    body: packed,
    contentType: "text/javascript",
    headers: [
      { name: "etag", value: '"bb"' },
      { name: "content-encoding", value: "br" },
      { name: "cache-control", value: "public, max-age=31536000, immutable" },
      { name: "content-security-policy", value: "connect-src 'self' {{root}} *.{{root}}" },
      { name: "set-cookie", value: "a=b" },
    ],
  });
  return node;
}

test("a file is answered with its headers, and with none that a service may not set", async () => {
  const app = testApp(nodeWithSite());
  const answer = await ask(app, program, { headers: { "accept-encoding": "gzip, br" } });
  assert.equal(answer.headers.get("content-type"), "text/javascript");
  assert.equal(answer.headers.get("content-encoding"), "br");
  assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(answer.headers.get("vary"), "accept-encoding");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.equal(answer.headers.get("set-cookie"), null);
  assert.equal(
    answer.headers.get("content-security-policy"),
    "connect-src 'self' kith.localhost:8080 *.kith.localhost:8080",
  );
});

test("stored brotli is sent as it is, decoded for those who refuse it, and neither is 406", async () => {
  const app = testApp(nodeWithSite());
  const get = (accept: string) => ask(app, program, { headers: { "accept-encoding": accept } });
  for (const accept of ["br", "gzip, deflate, br", "*", "br;q=0.5, gzip", "br;q=0.5, *;q=0.4"]) {
    const answer = await get(accept);
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), packed, accept);
  }
  for (const accept of ["", "gzip", "identity", "br;q=0", "br;q=0.3, identity", "br;q=7"]) {
    const answer = await get(accept);
    assert.equal(await answer.text(), text, accept);
    assert.equal(answer.headers.get("content-encoding"), null);
    assert.equal(answer.headers.get("etag"), '"bb-plain"');
  }
  assert.equal(await (await ask(app, program)).text(), text);
  const neither = await get("gzip, identity;q=0");
  assert.equal(neither.status, 406);
  assert.equal(await codeOf(neither), "encoding-not-acceptable");
  const plainOnly = await ask(app, page, { headers: { "accept-encoding": "br, *;q=0" } });
  assert.equal(plainOnly.status, 406);
});

test("bytes that claim to be brotli and are not go to those who take brotli", async () => {
  const node = nodeWithSite();
  const headers = [{ name: "content-encoding", value: "br" }];
  node.put("app", "/broken", { body: plain, headers });
  const app = testApp(node);
  const url = "http://app.kith.localhost/broken";
  assert.equal((await ask(app, url, { headers: { "accept-encoding": "br" } })).status, 200);
  assert.equal((await ask(app, url, { headers: { "accept-encoding": "gzip" } })).status, 406);
});

test("who has the file is told so and gets no bytes", async () => {
  const app = testApp(nodeWithSite());
  for (const known of ['"aa"', 'W/"aa"', '"x", "aa"', "*"]) {
    const answer = await ask(app, page, { headers: { "if-none-match": known } });
    assert.equal(answer.status, 304, known);
    assert.equal(answer.headers.get("etag"), '"aa"');
    assert.equal(await answer.text(), "");
  }
  for (const other of ['"ab"', "aa", ""]) {
    const answer = await ask(app, page, { headers: { "if-none-match": other } });
    assert.equal(answer.status, 200, other);
  }
  const otherForm = { "if-none-match": '"bb"', "accept-encoding": "identity" };
  assert.equal((await ask(app, program, { headers: otherForm })).status, 200);
});

test("HEAD tells the size and sends nothing", async () => {
  const answer = await ask(testApp(nodeWithSite()), page, { method: "HEAD" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-length"), String(plain.length));
  assert.equal(await answer.text(), "");
});

test("ranges are cut out of the file", async () => {
  const app = testApp(nodeWithSite());
  const get = (range: string, more = {}) => ask(app, page, { headers: { range, ...more } });
  const cuts = [
    ["bytes=0-3", 0, 4],
    ["bytes=4-", 4, plain.length],
    ["bytes=-5", plain.length - 5, plain.length],
    ["bytes=-99999", 0, plain.length],
    ["bytes=890-99999", 890, plain.length],
    ["BYTES = 1-1", 1, 2],
  ] as const;
  for (const [range, first, end] of cuts) {
    const answer = await get(range);
    assert.equal(answer.status, 206, range);
    assert.equal(await answer.text(), text.slice(first, end));
    const place = `bytes ${first}-${end - 1}/${plain.length}`;
    assert.equal(answer.headers.get("content-range"), place);
  }
  assert.equal((await get("lines=1-2")).status, 200);
  assert.equal((await get("bytes=0-1", { "if-range": '"aa"' })).status, 206);
  assert.equal((await get("bytes=0-1", { "if-range": '"old"' })).status, 200);
  assert.equal((await get("bytes=0-1", { "if-range": 'W/"aa"' })).status, 200);
});

test("several ranges come as parts", async () => {
  const answer = await ask(testApp(nodeWithSite()), page, { headers: { range: "bytes=0-2, -3" } });
  assert.equal(answer.status, 206);
  const type = answer.headers.get("content-type") ?? "";
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(type)?.[1] ?? "";
  const parts = (await answer.text()).split(`--${boundary}`);
  assert.equal(parts.length, 4);
  const total = plain.length;
  assert.equal(
    parts[1],
    `\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-range: bytes 0-2/${total}\r\n\r\nthe\r\n`,
  );
  assert.ok((parts[2] ?? "").endsWith(`bytes ${total - 3}-${total - 1}/${total}\r\n\r\ng. \r\n`));
});

test("ranges that are none, or too many, are refused", async () => {
  const app = testApp(nodeWithSite());
  const many = `bytes=${Array.from({ length: 17 }, (_, at) => `${at * 2}-${at * 2}`).join(",")}`;
  const wrong = ["bytes=", "bytes=a-b", "bytes=5-2", "bytes=99999-", "bytes=0-5,3-8", "1-2", many];
  for (const range of [...wrong, "bytes=-0", "bytes=--1", "bytes=1-2-3"]) {
    const answer = await ask(app, page, { headers: { range } });
    assert.equal(answer.status, 416, range);
    assert.equal(answer.headers.get("content-range"), `bytes */${plain.length}`);
    assert.equal(await codeOf(answer), "range-not-satisfiable");
  }
});

test("a file that was answered is ready, until a block touches its site", async () => {
  const node = nodeWithSite();
  const app = testApp(node);
  const read = async () => await (await ask(app, page)).text();
  await read();
  await read();
  assert.equal(node.siteQueries, 1);
  node.put("app", "/page.txt", { body: new TextEncoder().encode("new") });
  node.touch({ sites: new Set([accountNameConstant("other")]) });
  assert.equal(await read(), text);
  node.touch({ sites: new Set([accountNameConstant("app")]) });
  assert.equal(await read(), "new");
  node.touch({ services: true });
  node.touch({ sites: "all" });
  await read();
  assert.equal(node.siteQueries, 3);
});

test("/graphql is asked of every service, and before the files of its site", async () => {
  const node = nodeWithSite();
  node.put("app", "/graphql", { body: new TextEncoder().encode("a file") });
  const app = testApp(node);
  const address = "http://app.kith.localhost:8080/graphql";
  assert.equal(await (await ask(app, address)).text(), "a file");
  // A service without a handler of its own; the file was not kept ready.
  node.servers.set("app", ({ method }) =>
    method === "OPTIONS" ? undefined : graphqlReply(method === "POST" ? 400 : 200),
  );
  node.hasServer = () => false;
  const answer = await ask(app, address, { method: "POST", body: "{}" });
  assert.deepEqual([answer.status, await answer.text()], [400, "{}"]);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.equal(await (await ask(app, address)).text(), "{}");
  const headers = { "access-control-request-method": "POST" };
  assert.equal((await ask(app, address, { method: "OPTIONS", headers })).status, 204);
});

test("a service worker is a file that the owner has published, and no answer of a service", async () => {
  const node = nodeWithSite();
  const body = new TextEncoder().encode("made for whoever asks");
  const reply = { status: 200, contentType: "text/javascript", headers: [], body };
  node.servers.set("app", () => reply);
  const app = testApp(node);
  assert.equal(await (await ask(app, program)).text(), "made for whoever asks");
  const asked = [{ "service-worker": "script" }, { "sec-fetch-dest": "serviceworker" }];
  for (const headers of asked) {
    assert.equal(await (await ask(app, program, { headers })).text(), text);
    const none = await ask(app, "http://app.kith.localhost:8080/other.js", { headers });
    assert.equal(none.status, 404);
    assert.equal(await codeOf(none), "not-found");
  }
});

function graphqlReply(status: number) {
  const body = new TextEncoder().encode("{}");
  return { status, contentType: "application/graphql-response+json", headers: [], body };
}

test("ready answers never take more room than they may", async () => {
  const node = new FakeNode();
  for (let at = 0; at < 50; at++) node.put("app", `/${at}`, { body: new Uint8Array(500) });
  const { SiteRoutes } = await import("./site-routes.ts");
  const sites = new SiteRoutes(node, 20_000);
  const host = {
    kind: "account",
    authority: "kith.localhost",
    name: accountNameConstant("app"),
  } as const;
  for (let at = 0; at < 50; at++) {
    const path = `/${at}`;
    const request = new Request(`http://app.kith.localhost${path}`);
    const target = { rawPath: path, path, query: "" };
    const answer = await sites.answer(request, { host, target, remoteAddress: () => undefined });
    assert.equal(answer.status, 200);
  }
  const ready = Array.from({ length: 50 }, (_, at) =>
    sites.answerReady(new Request(`http://app.kith.localhost/${at}`)),
  ).filter((answer) => answer !== undefined);
  assert.ok(ready.length > 5 && ready.length < 20, `${ready.length} are ready`);
});

test("a ready file that was decoded counts with what it has become", async () => {
  const node = new FakeNode();
  const headers = [{ name: "content-encoding", value: "br" }];
  const zeros = new Uint8Array(brotliCompressSync(new Uint8Array(50_000)));
  node.put("app", "/zeros", { body: zeros, headers });
  const app = createApp(node, {
    rootHost: "kith.localhost",
    adminKeys: [],
    onFault: (fault) => assert.fail(String(fault)),
    readyCacheBytesMax: 20_000,
  });
  const url = "http://app.kith.localhost/zeros";
  await ask(app, url, { headers: { "accept-encoding": "br" } });
  await ask(app, url, { headers: { "accept-encoding": "br" } });
  assert.equal(node.siteQueries, 1);
  assert.equal((await (await ask(app, url)).arrayBuffer()).byteLength, 50_000);
  await ask(app, url, { headers: { "accept-encoding": "br" } });
  assert.equal(node.siteQueries, 2, "it did not fit any more");
});

test("a service answers before the files, and sees neither cookies nor tokens", async () => {
  const node = nodeWithSite();
  node.servers.set("app", (request) => {
    if (request.path !== "/graphql") return undefined;
    const seen = JSON.stringify({ ...request, body: new TextDecoder().decode(request.body) });
    const body = new TextEncoder().encode(seen);
    return { status: 200, contentType: "application/json", headers: [], body };
  });
  const app = testApp(node);
  const answer = await ask(app, "http://app.kith.localhost:8080/graphql?a=%20b", {
    method: "POST",
    body: "query",
    headers: { cookie: "s=1", authorization: "Basic x", "content-type": "text/plain" },
  });
  assert.deepEqual(await answer.json(), {
    method: "POST",
    host: "app.kith.localhost:8080",
    rootHost: "kith.localhost:8080",
    path: "/graphql",
    query: "a=%20b",
    headers: [
      { name: "content-type", value: "text/plain" },
      { name: "host", value: "app.kith.localhost:8080" },
    ],
    body: "query",
  });
  assert.equal(await (await ask(app, page)).text(), text);
  await ask(app, page);
  assert.equal(node.siteQueries, 2, "an account with a service is asked each time");
});

test("a service cannot end a header, choose a status that is none, or say who it is", async () => {
  const node = nodeWithSite();
  node.servers.set("app", () => ({
    status: 99,
    contentType: "text/html\r\nx-evil: 1",
    headers: [
      { name: "cache-control", value: "no-store\r\nx-evil: 1" },
      { name: "transfer-encoding", value: "chunked" },
    ],
    body: plain,
  }));
  const answer = await ask(testApp(node), page);
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get("cache-control"), null);
  assert.equal(answer.headers.get("content-type"), null);
  assert.equal(answer.headers.get("transfer-encoding"), null);
});

test("a long answer of a service is compressed for those who want that", async () => {
  const node = nodeWithSite();
  const json = new TextEncoder().encode(JSON.stringify({ text: text.repeat(4) }));
  let headers: { name: string; value: string }[] = [];
  node.servers.set("app", ({ path }) => {
    const body = path === "/short" ? json.subarray(0, 100) : json;
    return { status: 200, contentType: "application/json", headers, body };
  });
  const app = testApp(node);
  const get = (path: string, accept: string, init: RequestInit = {}) =>
    ask(app, new URL(path, page).href, { headers: { "accept-encoding": accept }, ...init });
  for (const init of [{}, { method: "POST", body: "{}" }]) {
    const answer = await get("/long", "gzip, br", {
      headers: { "accept-encoding": "br" },
      ...init,
    });
    assert.equal(answer.headers.get("content-encoding"), "br");
    const body = new Uint8Array(await answer.arrayBuffer());
    assert.ok(body.length < json.length / 4, `${body.length} bytes`);
    assert.deepEqual(new Uint8Array(brotliDecompressSync(body)), json);
  }
  assert.equal((await get("/long", "br")).headers.get("vary"), "accept-encoding");
  for (const [path, accept] of [
    ["/long", "gzip"],
    ["/long", "br;q=0.2, identity"],
    ["/short", "br"],
  ] as const) {
    assert.equal((await get(path, accept)).headers.get("content-encoding"), null, path);
  }
  headers = [{ name: "etag", value: '"1"' }];
  const tagged = await get("/long", "br");
  const tag = tagged.headers.get("etag") ?? "";
  assert.equal(tag, '"1-br"', "the same tag would be that of other bytes");
  const again = { headers: { "accept-encoding": "br", "if-none-match": tag } };
  assert.equal((await get("/long", "br", again)).status, 304);
  node.logins.tokens.set("mine", {
    user: accountNameConstant("alice"),
    expiresAt: (Date.now() + 60_000) * 1000,
    app: "app",
  });
  headers = [];
  const own = await get("/long", "br", {
    headers: { "accept-encoding": "br", authorization: "Bearer mine" },
  });
  assert.equal(own.headers.get("content-encoding"), null, "its length would tell");
});

test("every page may read public state", async () => {
  const app = testApp(nodeWithSite());
  const headers = { origin: "http://evil.example", "access-control-request-method": "GET" };
  const preflight = await ask(app, page, { method: "OPTIONS", headers });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.equal((await ask(app, page)).headers.get("access-control-allow-origin"), "*");
});

test("a query without an answer says why, with a code and a status of its own", async () => {
  const node = nodeWithSite();
  const app = testApp(node);
  const errors = [
    [{ code: "query-timeout", timeoutMs: 2_000 }, 504],
    [{ code: "query-queue-full" }, 503],
    [{ code: "query-crashed" }, 502],
  ] as const;
  for (const [error, status] of errors) {
    node.queryError = error;
    const answer = await ask(app, page);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(await codeOf(answer), error.code);
  }
  node.queryError = undefined;
  assert.equal((await ask(app, page)).status, 200, "an error is not kept");
});

test("a file that a block touched while it was read is answered, but not kept", async () => {
  const node = nodeWithSite();
  const app = testApp(node);
  node.beforeReply = async () => {
    await Promise.resolve();
    node.put("app", "/page.txt", { body: new TextEncoder().encode("new") });
    node.touch({ sites: new Set([accountNameConstant("app")]) });
  };
  assert.equal(await (await ask(app, page)).text(), text);
  node.beforeReply = () => Promise.resolve();
  assert.equal(await (await ask(app, page)).text(), "new");
});

test("a GET shows a service only the headers on which its answer may depend", async () => {
  const node = nodeWithSite();
  const seen: unknown[] = [];
  node.servers.set("app", ({ headers }) => {
    seen.push(headers);
    return undefined;
  });
  await ask(testApp(node), page, {
    headers: {
      accept: "text/html",
      "accept-language": "de",
      "user-agent": "x",
      "if-none-match": "y",
    },
  });
  assert.deepEqual(seen, [
    [
      { name: "accept", value: "text/html" },
      { name: "accept-language", value: "de" },
    ],
  ]);
});
