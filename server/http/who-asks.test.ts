import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import type { HostTarget } from "./host.ts";
import { askerOf, checkAsker, type Asker, type GuardedRoute } from "./who-asks.ts";

const board: HostTarget = {
  kind: "account",
  authority: "kith.localhost:8080",
  name: accountNameConstant("board"),
};
const root: HostTarget = { kind: "root", authority: "kith.localhost:8080" };

type Said = { readonly origin?: string; readonly "sec-fetch-site"?: string };

function headersOf(said: Said): Headers {
  return new Headers(Object.entries(said));
}

const cases: readonly (readonly [Said, Asker, HostTarget?])[] = [
  [{}, "program"],
  [{ "sec-fetch-site": "none" }, "person"],
  [{ "sec-fetch-site": "same-origin" }, "own-page"],
  // A sibling app, or anybody: without an origin nobody knows which.
  [{ "sec-fetch-site": "same-site" }, "stranger"],
  [{ "sec-fetch-site": "cross-site" }, "stranger"],
  [{ "sec-fetch-site": "unheard-of" }, "stranger"],
  [{ origin: "http://board.kith.localhost:8080" }, "own-page"],
  [{ origin: "http://board.kith.localhost:8080", "sec-fetch-site": "same-origin" }, "own-page"],
  [{ origin: "http://kith.localhost:8080" }, "own-page", root],
  // Another scheme or port is another origin, whatever it is called.
  [{ origin: "https://board.kith.localhost:8080", "sec-fetch-site": "cross-site" }, "network-page"],
  [{ origin: "http://board.kith.localhost:8081", "sec-fetch-site": "same-site" }, "network-page"],
  [{ origin: "http://chat.kith.localhost:8080", "sec-fetch-site": "same-site" }, "network-page"],
  [{ origin: "http://kith.localhost:8080" }, "network-page"],
  [{ origin: "http://supervisor.kith.localhost:8080" }, "supervisor"],
  [
    { origin: "http://supervisor.kith.localhost:8081", "sec-fetch-site": "same-site" },
    "supervisor",
  ],
  [{ origin: "https://supervisor.kith.localhost" }, "supervisor"],
  [{ origin: "http://supervisor.board.kith.localhost:8080" }, "network-page"],
  [{ origin: "null" }, "stranger"],
  [{ origin: "" }, "stranger"],
  [{ origin: "http://evil.example" }, "stranger"],
  [{ origin: "http://evil.example", "sec-fetch-site": "same-origin" }, "stranger"],
  [{ origin: "http://kith.localhost.evil.example:8080" }, "stranger"],
  [{ origin: "http://evilkith.localhost:8080" }, "stranger"],
  [{ origin: "http://supervisor.kith.localhost:8080/" }, "stranger"],
  [{ origin: "http://supervisor.kith.localhost:8080 http://evil.example" }, "stranger"],
  [{ origin: "http://x@supervisor.kith.localhost:8080" }, "stranger"],
  [{ origin: "ftp://supervisor.kith.localhost:8080" }, "stranger"],
];

for (const [said, asker, host = board] of cases) {
  const shown = JSON.stringify(said).replaceAll('"', "");
  test(`${shown} is sent by: ${asker}`, () => {
    assert.equal(askerOf(headersOf(said), host), asker);
  });
}

test("each route is for those in its row, and for nobody else", () => {
  const said: Readonly<Record<Asker, Said>> = {
    program: {},
    person: { "sec-fetch-site": "none" },
    "own-page": { origin: "http://board.kith.localhost:8080", "sec-fetch-site": "same-origin" },
    supervisor: { origin: "http://supervisor.kith.localhost:8081", "sec-fetch-site": "same-site" },
    "network-page": { origin: "http://chat.kith.localhost:8080", "sec-fetch-site": "same-site" },
    stranger: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  };
  const rows: Readonly<Record<GuardedRoute, string>> = {
    "push-transaction": "program own-page supervisor network-page",
    administration: "program person own-page",
    session: "own-page",
    link: "program",
  };
  for (const [route, row] of Object.entries(rows) as [GuardedRoute, string][]) {
    const allowed: string[] = [];
    for (const [asker, headers] of Object.entries(said)) {
      if (checkAsker(route, headersOf(headers), board).ok) allowed.push(asker);
    }
    assert.equal(allowed.join(" "), row, route);
  }
});

test("where any name will do, no page is the host's own", () => {
  for (const said of [
    { origin: "http://127.0.0.1:8080" },
    { "sec-fetch-site": "same-origin" },
    { origin: "http://supervisor.kith.localhost:8080" },
  ]) {
    assert.equal(askerOf(headersOf(said), undefined), "stranger");
  }
});

test("whoever is refused is told for what origin, and not at length", () => {
  const refused = checkAsker("link", headersOf({ origin: `http://${"x".repeat(500)}` }), undefined);
  assert.ok(!refused.ok && refused.error.code === "origin-not-allowed");
  assert.equal(refused.error.origin.length, 200);
  assert.deepEqual(checkAsker("session", headersOf({ "sec-fetch-site": "same-site" }), board), {
    ok: false,
    error: { code: "origin-not-allowed", origin: "another origin (same-site)" },
  });
});
