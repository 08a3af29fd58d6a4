import assert from "node:assert/strict";
import { test } from "node:test";

import { keptFiles, planAnswer, type Asked } from "./plan-answer.ts";

const origin = "http://board.kith.localhost:8080";
const script = "/assets/main-3f2a9c1b77aa.js";

function file(path: string, sizeBytes = 100) {
  return { path, hash: "00", sizeBytes };
}

const kept = new Set(
  keptFiles(
    [file("/index.html"), file("/help/index.html"), file("/icon.svg"), file(script)],
    () => true,
  ).keys(),
);

function plan(asked: Partial<Asked> & { readonly url: string }, fallback?: string) {
  const request = { method: "GET", mode: "cors", headers: new Headers(), ...asked };
  const url = asked.url.startsWith("/") ? origin + asked.url : asked.url;
  return planAnswer({ ...request, url }, { origin, kept, fallback });
}

function page(url: string, fallback?: string) {
  return plan({ url, mode: "navigate" }, fallback);
}

const pass = { kind: "pass" };

test("what has a hash in its name comes from what is kept, other files from the network first", () => {
  assert.deepEqual(plan({ url: script }), { kind: "kept", address: script });
  const icon = { kind: "network-first", address: "/icon.svg" };
  assert.deepEqual(plan({ url: "/icon.svg" }), icon);
  assert.deepEqual(plan({ url: "/icon.svg?old=1" }), icon);
});

test("what only an earlier version has is looked for among what is kept: its pages may be open", () => {
  const earlier = "/assets/later-9b0d3c4e55ff.js";
  assert.deepEqual(plan({ url: earlier }), { kind: "kept", address: earlier });
  assert.deepEqual(plan({ url: "/earlier.svg" }), pass, "nobody knows which version is meant");
  assert.deepEqual(page(earlier, "/"), pass);
});

test("a page is asked of the network first, by whatever address it has", () => {
  const root = { kind: "network-first", address: "/" };
  for (const url of ["/", "/?from=home", "/index.html"]) assert.deepEqual(page(url), root, url);
  assert.deepEqual(page("/help/"), { kind: "network-first", address: "/help/" });
  assert.deepEqual(page("/t/1", "/"), root);
  assert.deepEqual(page("/t/1"), pass, "there is no such page");
  assert.deepEqual(page("/picture.png", "/"), pass);
});

test("system routes, queries, other hosts, other methods and parts of files pass", () => {
  const system = ["/common/chainid", "/common/session", "/query/newest", "/graphql", "/changes"];
  for (const url of system) {
    assert.deepEqual(plan({ url }), pass, url);
    assert.deepEqual(plan({ url, mode: "navigate" }, "/"), pass, url);
  }
  assert.deepEqual(plan({ url: "/threads" }), pass, "a service answers what is no file");
  assert.deepEqual(plan({ url: script, method: "POST" }), pass);
  assert.deepEqual(plan({ url: "/", mode: "navigate", method: "POST" }, "/"), pass);
  assert.deepEqual(plan({ url: script, headers: new Headers({ range: "bytes=0-1" }) }), pass);
  const others = ["http://chat.kith.localhost:8080", "http://board.kith.localhost:8081"];
  for (const other of others) assert.deepEqual(plan({ url: other + script }), pass, other);
});

test("a file where nodes have a route of their own is not kept, nor one that the app does not want", () => {
  const files = [file("/common/nodes"), file("/query/a.json"), file("/graphql"), file("/big.mp4")];
  assert.equal(keptFiles(files, ({ path }) => path !== "/big.mp4").size, 0);
});
