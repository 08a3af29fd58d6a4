import assert from "node:assert/strict";
import { test } from "node:test";

import type { Wanted } from "@kith/changes/interest";
import {
  interestsMax,
  liveQueriesMax,
  liveQueriesOfStreamMax,
  streamsMax,
  streamsOfAddressMax,
} from "@kith/changes/limits";
import { accountNameConstant } from "@kith/protocol/names";

import { ListenedNetwork } from "./listening.ts";

const network = new ListenedNetwork();

function codeOf(given: Parameters<ListenedNetwork["listen"]>[0], of = network): string | undefined {
  const stream = of.listen(given);
  return stream.ok ? undefined : stream.error.code;
}

const of = (...wanted: readonly Wanted[]) => codeOf({ wanted });
const graphql = (query: string, variables?: unknown): Wanted => ({
  kind: "graphql",
  query,
  variables,
});

test("what cannot be listened to is refused with a code of its own", () => {
  assert.equal(of(), "interests-missing");
  assert.equal(codeOf({ service: accountNameConstant("nobody") }), "service-unknown");
  assert.equal(of({ kind: "rows", table: "nothing" }), "interest-table-unknown");
  assert.equal(of({ kind: "rows", table: "drafts" }), "interest-table-unknown");
  assert.equal(of({ kind: "rows", table: "posts", where: { text: "x" } }), "interest-not-indexed");
  assert.equal(of({ kind: "rows", table: "posts", where: { number: 1 } }), "interest-not-indexed");
  assert.equal(
    of({ kind: "rows", table: "posts", where: { author: "NO NAME" } }),
    "interest-value-invalid",
  );
  assert.equal(of({ kind: "event", event: "nothing" }), "interest-event-unknown");
  assert.equal(of(graphql("{ nothing }")), "live-query-invalid");
  assert.equal(of(graphql("{ drafts { nodes { id } } }")), "live-query-invalid");
  assert.equal(of(graphql("{ block { num } }", 5)), "live-query-invalid");
  const costly = Array.from(
    { length: 5 },
    (_, at) => `a${at}: posts(first: 200) { nodes { number text topic } }`,
  );
  assert.equal(of(graphql(`{ ${costly.join(" ")} }`)), "live-query-too-costly");
  assert.equal(of({ kind: "path", path: "/graphql?query={block{num}}" }), "live-query-invalid");
  assert.equal(network.answers, 0);
});

function paths(count: number): Wanted[] {
  return Array.from({ length: count }, (_, at) => ({ kind: "path", path: `/count?${at}` }));
}

test("one listener names a bounded number of things, and fewer live queries", () => {
  const rows: Wanted = { kind: "rows", table: "posts" };
  assert.equal(of(...Array.from({ length: interestsMax + 1 }, () => rows)), "interests-too-many");
  assert.equal(of(...paths(liveQueriesOfStreamMax + 1)), "live-queries-too-many");
});

test("an address has a bounded number of listeners, and gets its room back", () => {
  const crowded = new ListenedNetwork();
  const address = "203.0.113.7";
  const streams = Array.from(
    { length: streamsOfAddressMax },
    () => crowded.listener({ address }).stream,
  );
  assert.equal(codeOf({ address }, crowded), "streams-of-address-exhausted");
  assert.equal(codeOf({ address: "203.0.113.8" }, crowded), undefined);
  assert.equal(codeOf({ address: "127.0.0.1" }, crowded), undefined);
  streams[0]?.close();
  assert.equal(codeOf({ address }, crowded), undefined);
});

test("a node has a bounded number of listeners", () => {
  const full = new ListenedNetwork();
  for (let count = 0; count < streamsMax; count++) assert.equal(codeOf({}, full), undefined);
  assert.equal(codeOf({}, full), "streams-exhausted");
});

test("a node has a bounded number of different live queries; the same ones are always welcome", () => {
  const full = new ListenedNetwork();
  for (let count = 0; count < liveQueriesMax; count++) {
    assert.equal(codeOf({ wanted: [{ kind: "path", path: `/count?${count}` }] }, full), undefined);
  }
  assert.equal(
    codeOf({ wanted: [{ kind: "path", path: "/count?other" }] }, full),
    "live-queries-exhausted",
  );
  assert.equal(codeOf({ wanted: [{ kind: "path", path: "/count?0" }] }, full), undefined);
});
