import assert from "node:assert/strict";
import { test } from "node:test";

import { parse } from "graphql";

import { DocumentCache } from "./document-cache.ts";
import { documentCharsKept } from "./limits.ts";

const document = parse("{ a }");

test("what was asked for lately stays, and the texts together have a limit", () => {
  const cache = new DocumentCache();
  const queries = Array.from({ length: 5 }, (_, at) => `${at}`.padEnd(documentCharsKept / 4, "#"));
  const [first = "", second = ""] = queries;
  for (const query of queries) {
    cache.put(query, document);
    assert.equal(cache.get(first), document);
  }
  assert.equal(cache.get(second), undefined);
  assert.deepEqual(
    queries.map((query) => cache.get(query) !== undefined),
    [true, false, true, true, true],
  );
});

test("a text that is too long for the limit is not kept", () => {
  const cache = new DocumentCache();
  const query = "#".repeat(documentCharsKept + 1);
  cache.put(query, document);
  assert.equal(cache.get(query), undefined);
});
