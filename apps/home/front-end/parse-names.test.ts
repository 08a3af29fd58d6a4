import assert from "node:assert/strict";
import { test } from "node:test";

import { parseNames } from "./parse-names.ts";
import { isName } from "./use-name-standing.ts";

test("names are taken as people type them, each once", () => {
  assert.deepEqual(parseNames(" alice, Bob;carol\nalice "), {
    ok: true,
    value: ["alice", "bob", "carol"],
  });
  assert.deepEqual(parseNames(""), { ok: true, value: [] });
  assert.deepEqual(parseNames("alice bob@home"), { ok: false, name: "bob@home" });
});

test("what is no name of an account is told before anybody is asked", () => {
  for (const name of ["a", "alice", "a-b", "0123456789"]) assert.equal(isName(name), true, name);
  for (const name of ["", "Alice", "-a", "a-", "a--b", "01234567890", "a b", "ä"]) {
    assert.equal(isName(name), false, name);
  }
});
