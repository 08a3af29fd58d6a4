import assert from "node:assert/strict";
import { test } from "node:test";

import { graphqlName, NameScope, typeNameOf } from "./field-names.ts";

test("names that GraphQL does not allow become names that it does", () => {
  const named = ["plain", "with-dash", "7up", "__own", "___", "", "grün", "a b"].map(graphqlName);
  assert.deepEqual(named, ["plain", "with_dash", "_7up", "_own", "_", "_", "gr_n", "a_b"]);
  for (const name of named) assert.match(name, /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/);
  assert.equal(typeNameOf("with-dash"), "With_dash");
});

test("names that clash are numbered in the order of declaration", () => {
  const scope = new NameScope(["first"]);
  const taken = ["a-b", "a_b", "a.b", "first", "a_b_2"].map((name) => scope.take(name));
  assert.deepEqual(taken, ["a_b", "a_b_2", "a_b_3", "first_2", "a_b_2_2"]);
});
