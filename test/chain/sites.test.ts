import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import type { HttpReply } from "@kith/protocol/http-message";
import { accountNameConstant } from "@kith/protocol/names";
import { packText, unpackText } from "@kith/protocol/texts";
import { isHashedName } from "@kith/sdk/hashed-name";
import { chunksOf, publishActions, type SiteContent } from "@kith/sdk/site-content";
import { connectOriginsMax, fillPolicy, sitePolicy } from "@kith/sdk/site-policy";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { chunkBytesMax, sitesInterface } from "@kith/sdk/system/sites";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { askedHashesMax, cspCharsMax, fileBytesMax, fileChunksMax } from "@kith/sites/limits";

import { keyOf, owner, TestNetwork } from "./network.ts";

const alice = accountNameConstant("alice");
const aliceKey = keyOf(7);
const sites = accountNameConstant("sites");

test("a published file is served on its account's subdomain", () => {
  const network = withAlice();
  publish(network, [page("/index.html", "<h1>hello</h1>")]);
  const reply = get(network, "/");
  assert.equal(reply?.status, 200);
  assert.equal(unpackText(reply.body), "<h1>hello</h1>");
  assert.equal(reply.contentType, "text/html");
  assert.equal(header(reply, "etag"), `"${sha256Hex(packText("<h1>hello</h1>"))}"`);
  assert.equal(header(reply, "content-security-policy"), ofSites([]));
});

test("content longer than a chunk is put together again", () => {
  const network = withAlice();
  const stored = Uint8Array.from({ length: 2 * chunkBytesMax + 17 }, (_, at) => (at * 31) % 251);
  const file = {
    ...page("/big.bin", ""),
    stored,
    sizeBytes: stored.length,
    hash: sha256Hex(stored),
  };
  assert.equal(chunksOf(stored).length, 3);
  publish(network, [file]);
  const reply = get(network, "/big.bin");
  assert.equal(sha256Hex(reply?.body ?? new Uint8Array()), file.hash);
});

test("the same content is stored once and goes with the last file that has it", () => {
  const network = withAlice();
  publish(network, [page("/a.txt", "same"), page("/b.txt", "same")]);
  const hash = sha256Hex(packText("same"));
  run(network, packAction(alice, sitesInterface, "unlink", { path: "/a.txt" }));
  assert.deepEqual(missing(network, [hash]), []);
  assert.equal(unpackText(get(network, "/b.txt")?.body ?? new Uint8Array()), "same");
  run(network, packAction(alice, sitesInterface, "unlink", { path: "/b.txt" }));
  assert.deepEqual(missing(network, [hash]), [hash]);
  assert.equal(get(network, "/b.txt"), undefined);
});

test("a folder is answered with its index, after a redirect that makes its links work", () => {
  const network = withAlice();
  publish(network, [page("/docs/index.html", "docs")]);
  assert.equal(unpackText(get(network, "/docs/")?.body ?? new Uint8Array()), "docs");
  const redirect = get(network, "/docs");
  assert.equal(redirect?.status, 308);
  assert.equal(header(redirect, "location"), "/docs/");
});

test("a single-page site answers unknown pages with its index, and unknown files not at all", () => {
  const network = withAlice();
  publish(network, [page("/index.html", "app")]);
  assert.equal(get(network, "/settings/profile"), undefined);
  run(network, packAction(alice, sitesInterface, "setSinglePage", { enabled: true }));
  assert.equal(unpackText(get(network, "/settings/profile")?.body ?? new Uint8Array()), "app");
  assert.equal(get(network, "/missing.js"), undefined);
});

test("a policy of a path goes before the site's, and survives a new content", () => {
  const network = withAlice();
  publish(network, [page("/index.html", "one"), page("/other.html", "two")]);
  const setCsp = (path: string, csp: string) =>
    run(network, packAction(alice, sitesInterface, "setCsp", { path, csp }));
  setCsp("*", "default-src {{root}}");
  setCsp("/index.html", "default-src 'none'");
  publish(network, [page("/index.html", "three")]);
  assert.equal(header(get(network, "/"), "content-security-policy"), "default-src 'none'");
  assert.equal(
    header(get(network, "/other.html"), "content-security-policy"),
    "default-src kith.localhost:8080",
  );
  run(network, packAction(alice, sitesInterface, "deleteCsp", { path: "/index.html" }));
  assert.equal(
    header(get(network, "/"), "content-security-policy"),
    "default-src kith.localhost:8080",
  );
});

function ofSites(connect: readonly string[]): string {
  return fillPolicy(sitePolicy(connect), "kith.localhost:8080");
}

test("a site declares the hosts that its pages talk to, all anew each time, and a policy of its own goes before them", () => {
  const network = withAlice();
  publish(network, [page("/index.html", "one")]);
  const policy = () => header(get(network, "/"), "content-security-policy");
  const setPolicy = (args: { readonly csp?: string; readonly connect: readonly string[] }) =>
    network.run([packAction(alice, sitesInterface, "setPolicy", args)], aliceKey).failure?.code;
  const connect = ["https://api.example.org", "wss://live.example.org:8443"];
  assert.equal(setPolicy({ connect }), undefined);
  assert.equal(policy(), ofSites(connect));
  assert.equal(setPolicy({ connect: [], csp: "connect-src http://*.{{roothost}}:*" }), undefined);
  assert.equal(policy(), "connect-src http://*.kith.localhost:*");
  assert.equal(setPolicy({ connect: [] }), undefined);
  assert.equal(policy(), ofSites([]));
  const many = Array.from(
    { length: connectOriginsMax + 1 },
    (_, at) => `https://api-${at}.example.org`,
  );
  assert.equal(setPolicy({ connect: many }), "too-many-origins");
  assert.equal(setPolicy({ connect: many.slice(1) }), undefined);
  assert.equal(setPolicy({ connect: ["https://x.example; script-src *"] }), "origin-malformed");
  assert.equal(setPolicy({ connect: ["http://x.example"] }), "origin-malformed");
  assert.equal(setPolicy({ connect: [], csp: "x\r\nset-cookie: a=b" }), "csp-malformed");
  assert.equal(policy(), ofSites(many.slice(1)));
});

test("removing a tree leaves its neighbours, and an empty site can be deleted", () => {
  const network = withAlice();
  publish(
    network,
    ["/a/1.txt", "/a/b/2.txt", "/ab.txt"].map((path) => page(path, path)),
  );
  run(network, packAction(alice, sitesInterface, "removeTree", { path: "/a" }));
  assert.equal(get(network, "/a/1.txt"), undefined);
  assert.equal(get(network, "/ab.txt")?.status, 200);
  const early = network.run([packAction(alice, sitesInterface, "deleteSite", {})], aliceKey);
  assert.equal(early.failure?.code, "site-not-empty");
  run(network, packAction(alice, sitesInterface, "removeTree", { path: "/" }));
  run(network, packAction(alice, sitesInterface, "deleteSite", {}));
  assert.deepEqual(listed(network), []);
});

test("names with hashes may be kept by browsers for a year, others are asked for again", () => {
  const network = withAlice();
  publish(network, [page("/assets/index-B7zqL2xk.js", "x"), page("/main.js", "y")]);
  assert.match(
    header(get(network, "/assets/index-B7zqL2xk.js"), "cache-control") ?? "",
    /immutable/,
  );
  assert.equal(header(get(network, "/main.js"), "cache-control"), "no-cache");
  const hashed = ["/main.3f2a9c1b.css", "/index-4fG7hJ2k.js"];
  for (const path of hashed) assert.equal(isHashedName(path), true, path);
  const plain = [
    "/swagger-ui-bundle.js",
    "/jquery-3.6.0.slim.min.js",
    "/report-20240101.pdf",
    "/LICENSE",
  ];
  for (const path of plain) assert.equal(isHashedName(path), false, path);
});

for (const [path, code] of [
  ["index.html", "path-relative"],
  ["/a/../b", "path-not-normal"],
  ["/a//b", "path-not-normal"],
  ["/a/", "path-is-folder"],
  ["/a\u0000b", "path-malformed"],
  ["/a\\b", "path-malformed"],
  [`/${"x".repeat(512)}`, "path-too-long"],
] as const) {
  test(`a file cannot be at ${JSON.stringify(path.slice(0, 20))}: ${code}`, () => {
    const network = withAlice();
    const receipt = network.run(publishActions(alice, [page(path, "x")]), aliceKey);
    assert.equal(receipt.failure?.code, code);
    assert.equal(receipt.failure?.actionIndex, 1);
  });
}

test("a chunk that was never uploaded cannot be linked", () => {
  const network = withAlice();
  const [, link] = publishActions(alice, [page("/a.txt", "x")]);
  assert.ok(link);
  assert.equal(network.run([link], aliceKey).failure?.code, "chunk-missing");
});

test("a chunk that is too long is refused with its own code", () => {
  const network = withAlice();
  const data = new Uint8Array(chunkBytesMax + 1);
  const receipt = network.run([packAction(alice, sitesInterface, "putChunk", { data })], aliceKey);
  assert.equal(receipt.failure?.code, "chunk-too-long");
});

for (const [what, change, code] of [
  ["a file that says it is too long", { sizeBytes: fileBytesMax + 1 }, "file-too-long"],
  ["a file of too many chunks", { chunks: manyChunks() }, "too-many-chunks"],
  ["content without chunks", { chunks: [] }, "size-wrong"],
  ["an encoding that nobody decodes", { encoding: "zstd" }, "encoding-unknown"],
  [
    "a content type with a line break",
    { contentType: "text/html\r\nx: y" },
    "content-type-malformed",
  ],
  [
    "a content type that is too long",
    { contentType: `text/${"x".repeat(130)}` },
    "content-type-malformed",
  ],
] as const) {
  test(`${what} cannot be linked: ${code}`, () => {
    const network = withAlice();
    const data = packText("x");
    run(network, packAction(alice, sitesInterface, "putChunk", { data }));
    const { stored: _stored, ...file } = page("/a.txt", "x");
    const link = packAction(alice, sitesInterface, "link", {
      file: { ...file, chunks: [sha256Hex(data)], immutable: false, ...change },
    });
    assert.equal(network.run([link], aliceKey).failure?.code, code);
  });
}

test("a policy cannot begin another header, and is set for files that exist", () => {
  const network = withAlice();
  const set = (path: string, csp: string) =>
    network.run([packAction(alice, sitesInterface, "setCsp", { path, csp })], aliceKey).failure
      ?.code;
  assert.equal(set("*", "default-src 'self'\r\nset-cookie: a=b"), "csp-malformed");
  assert.equal(set("*", ""), "csp-malformed");
  assert.equal(set("*", "x".repeat(cspCharsMax + 1)), "csp-malformed");
  assert.equal(set("/nowhere", "default-src 'self'"), "file-unknown");
});

test("an uploader asks for a limited number of hashes at once", () => {
  const network = withAlice();
  const hash = sha256Hex(packText("x"));
  const asked = request({ method: "POST", path: "/missing", host: "sites.kith.localhost:8080" });
  const hashes = Array.from({ length: askedHashesMax + 1 }, () => hash);
  const reply = network.chain.query(sites, { ...asked, body: packText(JSON.stringify(hashes)) });
  assert.equal(reply?.status, 413);
});

test("one account's files are not another one's to change", () => {
  const network = withAlice();
  publish(network, [page("/a.txt", "mine")]);
  const steal = packAction(owner, sitesInterface, "unlink", { path: "/a.txt" });
  assert.equal(network.run([steal]).failure?.code, "file-unknown");
  assert.equal(
    network.run([packAction(alice, sitesInterface, "unlink", { path: "/a.txt" })]).failure?.code,
    "not-authorized",
  );
  assert.equal(get(network, "/a.txt")?.status, 200);
});

test("the genesis block can carry the home site, and is the same for the same configuration", () => {
  const home = accountNameConstant("homepage");
  const actions = publishActions(home, [page("/index.html", "welcome")]);
  const [one, two] = [new TestNetwork({ actions }), new TestNetwork({ actions })];
  assert.equal(one.genesis.id, two.genesis.id);
  assert.deepEqual(one.chain.applied(), two.chain.applied());
  const asked = request({ method: "GET", path: "/", host: "homepage.kith.localhost:8080" });
  assert.equal(unpackText(one.chain.query(sites, asked)?.body ?? new Uint8Array()), "welcome");
});

test("a genesis block that fails in any action does not start a network", () => {
  const home = accountNameConstant("homepage");
  const [, link] = publishActions(home, [page("/index.html", "welcome")]);
  assert.ok(link);
  assert.throws(() => new TestNetwork({ actions: [link] }), /genesis: .*chunk-missing/);
});

test("what waits a day without being linked is dropped", () => {
  const network = withAlice();
  const put = (text: string) =>
    run(network, packAction(alice, sitesInterface, "putChunk", { data: packText(text) }));
  put("forgotten");
  network.time += 25 * 60 * 60;
  put("new");
  const forgotten = sha256Hex(packText("forgotten"));
  assert.deepEqual(missing(network, [forgotten, sha256Hex(packText("new"))]), [forgotten]);
});

test("what a block changed names the site whose answers are out of date", () => {
  const network = withAlice();
  const transaction = network.transaction(publishActions(alice, [page("/a.txt", "x")]), aliceKey);
  const { touched } = network.block([transaction]);
  assert.deepEqual([...touched.sites], [alice]);
  assert.equal(touched.services.has(sites), true);
});

test("requests that are no questions to a site are answered as such", () => {
  const network = withAlice();
  const ask = (method: string, path: string) =>
    network.chain.query(sites, request({ method, path, host: "alice.kith.localhost:8080" }));
  assert.equal(ask("POST", "/")?.status, 405);
  assert.equal(ask("GET", "/%zz")?.status, 400);
  assert.equal(ask("GET", "/%00")?.status, 400);
  const body = network.chain.query(
    sites,
    request({ method: "POST", path: "/missing", host: "sites.kith.localhost:8080" }),
  );
  assert.equal(body?.status, 400);
});

function manyChunks() {
  return Array.from({ length: fileChunksMax + 1 }, () => sha256Hex(packText("x")));
}

function withAlice(): TestNetwork {
  const network = new TestNetwork();
  const create = { name: alice, key: publicKeyOf(aliceKey) };
  run(network, packAction(alice, accountsInterface, "create", create));
  return network;
}

function run(network: TestNetwork, action: Parameters<TestNetwork["run"]>[0][number]): void {
  assert.deepEqual(network.run([action], aliceKey).failure, undefined);
}

function publish(network: TestNetwork, contents: readonly SiteContent[]): void {
  for (const content of contents) {
    for (const action of publishActions(alice, [content])) run(network, action);
  }
}

function page(path: string, text: string): SiteContent {
  const stored = packText(text).slice();
  const contentType = path.endsWith(".html") ? "text/html" : "text/plain";
  return { path, contentType, stored, hash: sha256Hex(stored), sizeBytes: stored.length };
}

function get(network: TestNetwork, path: string): HttpReply | undefined {
  const host = "alice.kith.localhost:8080";
  return network.chain.query(sites, request({ method: "GET", path, host }));
}

function request(parts: { method: string; path: string; host: string }) {
  const rootHost = "kith.localhost:8080";
  return { ...parts, rootHost, query: "", headers: [], body: new Uint8Array() };
}

function header(reply: HttpReply | undefined, name: string): string | undefined {
  return reply?.headers.find((candidate) => candidate.name === name)?.value;
}

function missing(network: TestNetwork, hashes: readonly string[]): unknown {
  const asked = request({ method: "POST", path: "/missing", host: "sites.kith.localhost:8080" });
  const reply = network.chain.query(sites, { ...asked, body: packText(JSON.stringify(hashes)) });
  return JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "{}").missing;
}

function listed(network: TestNetwork): unknown {
  const asked = request({ method: "GET", path: "/files", host: "sites.kith.localhost:8080" });
  const reply = network.chain.query(sites, { ...asked, query: "account=alice" });
  return JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "{}").files;
}
