import assert from "node:assert/strict";
import { test } from "node:test";

import { object, option } from "@kith/protocol/fracpack";
import { accountCodec, accountNameConstant } from "@kith/protocol/names";

import type { App } from "./app.ts";
import { feedDefinition } from "./fake-feed.ts";
import { FakeNode } from "./fake-node.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

const board = "http://app.kith.localhost:8080";
const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const authKeys = accountNameConstant("auth-keys");
/** As `auth-keys` tells it. */
const sessionsEnded = object({ account: accountCodec, app: option(accountCodec) });
const inMinutes = (minutes: number): number => (Date.now() + minutes * 60_000) * 1000;

function started() {
  const node = new FakeNode();
  node.definitions.set("app", feedDefinition);
  node.put("app", "/file.txt", { body: new TextEncoder().encode("public") });
  node.servers.set("app", ({ path, headers, method }, user) =>
    path === "/file.txt"
      ? undefined
      : {
          status: 200,
          contentType: "application/json",
          headers: [{ name: "cache-control", value: "public, max-age=600" }],
          body: new TextEncoder().encode(
            JSON.stringify({ user: user ?? null, method, seen: headers.map(({ name }) => name) }),
          ),
        },
  );
  node.logins.tokens.set("of-alice", { user: alice, expiresAt: inMinutes(10), app: "app" });
  node.logins.tokens.set("of-bob", { user: bob, expiresAt: inMinutes(10), app: "app" });
  node.logins.tokens.set("elsewhere", { user: alice, expiresAt: inMinutes(10), app: "chat" });
  return { node, app: testApp(node) };
}

async function userOf(app: App, headers: Record<string, string>, method = "GET"): Promise<unknown> {
  const answer = await ask(app, `${board}/who`, { headers, method });
  const body: unknown = await answer.json();
  return typeof body === "object" && body !== null && "user" in body ? body.user : body;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

test("a service is told who asks with a token, and never sees the token", async () => {
  const { app } = started();
  assert.equal(await userOf(app, bearer("of-alice")), "alice");
  assert.equal(await userOf(app, bearer("of-alice"), "POST"), "alice");
  assert.equal(await userOf(app, {}), null);
  const headers = { ...bearer("of-alice"), cookie: "x=1" };
  const answer = await ask(app, `${board}/who`, { method: "POST", body: "x", headers });
  assert.doesNotMatch(await answer.text(), /authorization|cookie/);
});

test("a token that does not count is refused, with the reason", async () => {
  const { node, app } = started();
  for (const token of ["nonsense", "a.b.c", "elsewhere"]) {
    const answer = await ask(app, `${board}/who`, { headers: bearer(token) });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("www-authenticate"), 'Bearer error="invalid_token"');
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.match(String(await codeOf(answer)), /^login-token-/);
  }
  const errors = [
    [{ code: "login-refused", reason: "wrong-key", account: alice }, 401],
    [{ code: "login-ended", account: alice }, 401],
    [{ code: "query-queue-full" }, 503],
  ] as const;
  for (const [error, status] of errors) {
    node.logins.error = error;
    const answer = await ask(app, `${board}/who`, { headers: bearer("of-alice") });
    assert.equal(answer.status, status);
    assert.equal(await codeOf(answer), error.code);
  }
});

test("what is somebody's is kept by nobody else, whatever the service says about it", async () => {
  const { app } = started();
  const own = await ask(app, `${board}/who`, { headers: bearer("of-alice") });
  assert.equal(own.headers.get("cache-control"), "private, no-cache");
  assert.equal(own.headers.get("vary"), "authorization, cookie");
  const anybodys = await ask(app, `${board}/who`);
  assert.equal(anybodys.headers.get("cache-control"), "public, max-age=600");
});

test("files are public: nobody is asked whose token it is, and a proxy's own scheme is passed over", async () => {
  const { node, app } = started();
  const site = new FakeNode();
  site.put("app", "/file.txt", {});
  const answer = await ask(testApp(site), `${board}/file.txt`, { headers: bearer("nonsense") });
  assert.equal(answer.status, 200);
  assert.equal(site.logins.asked, 0);
  assert.equal(await userOf(app, { authorization: "Basic YTpi" }), null);
  assert.equal(node.logins.asked, 0);
});

test("a browser is told that a page may send a token", async () => {
  const { app } = started();
  const headers = {
    origin: "http://supervisor.kith.localhost:8081",
    "access-control-request-method": "GET",
    "access-control-request-headers": "authorization",
  };
  const answer = await ask(app, `${board}/file.txt`, { method: "OPTIONS", headers });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("access-control-allow-headers"), "*, authorization");
});

const session = `${board}/common/session`;
const ownPage = { origin: board, "sec-fetch-site": "same-origin" };

test("an app's own page puts its token into a cookie that only its own host ever gets", async () => {
  const { app } = started();
  const headers = { ...ownPage, ...bearer("of-alice") };
  const answer = await ask(app, session, { method: "POST", headers });
  assert.equal(answer.status, 204);
  const cookie = answer.headers.get("set-cookie") ?? "";
  const [pair, ...attributes] = cookie.split("; ");
  assert.equal(pair, "__Host-kith-session=of-alice");
  const age = /^Max-Age=(\d+)$/.exec(attributes.pop() ?? "")?.[1];
  assert.ok(Number(age) > 590 && Number(age) <= 600, cookie);
  assert.deepEqual(attributes, ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const gone = await ask(app, session, { method: "DELETE", headers: ownPage });
  assert.equal(gone.status, 204);
  assert.match(gone.headers.get("set-cookie") ?? "", /^__Host-kith-session=; .*Max-Age=0$/);
});

test("nobody else sets or clears it: no sibling, no supervisor, no program, no link", async () => {
  const { app } = started();
  const refused = [
    {},
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-site" },
    { origin: board },
    { origin: board, "sec-fetch-site": "same-site" },
    { origin: "http://chat.kith.localhost:8080", "sec-fetch-site": "same-site" },
    { origin: "http://app.kith.localhost:8081", "sec-fetch-site": "same-site" },
    { origin: "http://supervisor.kith.localhost:8080", "sec-fetch-site": "same-site" },
    { origin: "null", "sec-fetch-site": "cross-site" },
  ];
  for (const said of refused) {
    for (const method of ["POST", "DELETE"]) {
      const headers = new Headers(Object.entries({ ...said, ...bearer("of-alice") }));
      const answer = await ask(app, session, { method, headers });
      assert.equal(answer.status, 403, `${method} ${JSON.stringify(said)}`);
      assert.equal(answer.headers.get("set-cookie"), null);
    }
  }
});

test("a session needs a token of the app, on a host of an app", async () => {
  const { app } = started();
  const post = (headers: Record<string, string>, at = session) =>
    ask(app, at, { method: "POST", headers: { ...ownPage, ...headers } });
  assert.equal((await post({})).status, 401);
  assert.equal((await post(bearer("elsewhere"))).status, 401);
  // A cookie does not prolong itself.
  const cookie = { cookie: "__Host-kith-session=of-alice" };
  assert.equal((await post(cookie)).status, 401);
  const root = { origin: "http://kith.localhost:8080", ...bearer("of-alice") };
  assert.equal((await post(root, "http://kith.localhost:8080/common/session")).status, 404);
  assert.equal((await ask(app, session)).status, 405);
});

test("the cookie counts where the app's own page or a person asks, to read, and nowhere else", async () => {
  const { app } = started();
  const cookie = "a=b; __Host-kith-session=of-alice; c=d";
  for (const site of ["same-origin", "none"]) {
    assert.equal(await userOf(app, { cookie, "sec-fetch-site": site }), "alice", site);
  }
  for (const site of ["same-site", "cross-site", ""]) {
    assert.equal(await userOf(app, { cookie, "sec-fetch-site": site }), null, site);
  }
  assert.equal(await userOf(app, { cookie }), null, "a browser that does not say");
  assert.equal(await userOf(app, { cookie, ...ownPage }, "POST"), null, "not to write");
});

test("a cookie that a sibling has tossed in makes nobody of its visitor, and never somebody else", async () => {
  const { app } = started();
  const own = "__Host-kith-session=of-alice";
  const tossed = [
    `${own}; __Host-kith-session=of-bob`,
    `__Host-kith-session=of-bob; ${own}`,
    `${own}; __host-kith-session=of-bob`,
    "__host-kith-session=of-bob; __HOST-KITH-SESSION=of-bob",
    "kith-session=of-bob",
    "__host-kith-session=of-bob",
    "=__Host-kith-session=of-bob",
    "__Host-kith-session=",
  ];
  for (const cookie of tossed) {
    assert.equal(await userOf(app, { cookie, "sec-fetch-site": "same-origin" }), null, cookie);
  }
});

test("a session that is over leaves the page that everybody sees; a token in a header goes before it", async () => {
  const { node, app } = started();
  const cookie = "__Host-kith-session=of-alice";
  const own = { cookie, "sec-fetch-site": "same-origin" };
  assert.equal(await userOf(app, { ...own, ...bearer("of-bob") }), "bob");
  node.logins.tokens.delete("of-alice");
  assert.equal(await userOf(app, own), null);
  node.logins.error = { code: "query-queue-full" };
  assert.equal((await ask(app, `${board}/who`, { headers: own })).status, 503);
});

const stream = { accept: "text/event-stream" };

async function readUntil(answer: Response, wanted: string): Promise<string> {
  const reader = answer.body?.getReader();
  assert.ok(reader !== undefined);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done || text.includes(wanted)) return text;
    text += decoder.decode(value, { stream: true });
    if (text.includes(wanted)) {
      reader.releaseLock();
      return text;
    }
  }
}

test("live queries are answered in the name of whoever listens, for each apart, until the token does not count", async () => {
  const { node, app } = started();
  const listen = (token?: string) =>
    ask(app, `${board}/changes?path=/who`, {
      headers: { ...stream, ...(token === undefined ? {} : bearer(token)) },
    });
  assert.equal((await listen("nonsense")).status, 401);
  const [ofAlice, ofBob, ofNobody] = [
    await listen("of-alice"),
    await listen("of-bob"),
    await listen(),
  ];
  assert.match(await readUntil(ofAlice, `"user":`), /"user":"alice"/);
  assert.match(await readUntil(ofBob, `"user":`), /"user":"bob"/);
  assert.match(await readUntil(ofNobody, `"user":`), /"user":null/);
  node.logins.tokens.delete("of-alice");
  // Ends by itself; the others go on.
  await readUntil(ofAlice, "never");
  const next = await listen("of-bob");
  assert.match(await readUntil(next, `"user":`), /"user":"bob"/);
  app.close();
  await readUntil(ofBob, "never");
});

test("a stream ends with the block in which its user has ended sessions, and nobody else's does", async () => {
  const { node } = started();
  const app = testApp(node, { streamLoginMs: 3_600_000 });
  const listen = (token: string) =>
    ask(app, `${board}/changes?path=/who`, { headers: { ...stream, ...bearer(token) } });
  const [ofAlice, ofBob] = [await listen("of-alice"), await listen("of-bob")];
  await readUntil(ofAlice, `"user":`);
  await readUntil(ofBob, `"user":`);
  node.logins.tokens.clear();
  const asked = node.logins.asked;
  const ended = {
    service: authKeys,
    name: "sessionsEnded",
    data: sessionsEnded.pack({ account: alice, app: authKeys }),
  };
  node.changes.execute([], [ended]);
  await readUntil(ofAlice, "never");
  assert.equal(node.logins.asked, asked + 1, "nobody looks at Bob's");
  app.close();
  await readUntil(ofBob, "never");
});

test("who listens is shown to the service that is asked, and not to others whose answers are on the same stream", async () => {
  const { node, app } = started();
  const servers = node.servers.get("app");
  assert.ok(servers !== undefined);
  node.servers.set("other", servers);
  const answer = await ask(
    app,
    `${board}/changes?path=/who&path.other=/who&path.app=/who%3Fagain`,
    {
      headers: { ...stream, ...bearer("of-alice") },
    },
  );
  let text = "";
  while (![0, 1, 2].every((place) => text.includes(`"of":${place},`))) {
    text += await readUntil(answer, `"of":`);
  }
  assert.match(text, /"of":0,[^\n]*"user":"alice"/);
  assert.match(text, /"of":1,[^\n]*"user":null/);
  assert.match(text, /"of":2,[^\n]*"user":"alice"/);
  app.close();
});
