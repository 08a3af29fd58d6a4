import assert from "node:assert/strict";
import { test } from "node:test";

import { hueOfName, initialOf } from "./color-of-name.ts";

test("a name has one colour, whatever the letters' case, on every machine", () => {
  assert.equal(hueOfName("alice"), hueOfName("Alice"));
  assert.deepEqual(
    ["alice", "bob", "carol"].map((name) => hueOfName(name)),
    [227, 265, 179],
  );
});

test("names that are alike have colours that are not, and all colours are used", () => {
  const hues = Array.from({ length: 360 }, (_, at) => hueOfName(`user-${at}`));
  assert.ok(hues.every((hue) => Number.isInteger(hue) && hue >= 0 && hue < 360));
  const perSixth = Array.from({ length: 6 }, (_, sixth) => {
    return hues.filter((hue) => Math.floor(hue / 60) === sixth).length;
  });
  assert.ok(
    Math.min(...perSixth) > 40,
    `of 360 names ${perSixth.join(", ")} have colours of each sixth`,
  );
});

test("the initial is the first letter that a person sees", () => {
  assert.equal(initialOf(" émile"), "É");
  assert.equal(initialOf("👩‍🌾 garden"), "👩‍🌾");
  assert.equal(initialOf("e\u0301mile"), "E\u0301");
  assert.equal(initialOf("alice"), "A");
  assert.equal(initialOf("b"), "B");
  assert.equal(initialOf(""), "?");
});
