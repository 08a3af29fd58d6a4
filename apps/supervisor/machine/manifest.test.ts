import assert from "node:assert/strict";
import { test } from "node:test";

import { parseManifest } from "./manifest.ts";

const good = {
  sdk: 1,
  name: "notebook",
  imports: ["transact"],
  exports: {
    add: { trust: "medium", doc: "Writes a note.", params: { text: "str" }, result: null },
    caller: { trust: "none" },
  },
};

test("a manifest says what a plugin may call, what it offers and of whom the user is asked", () => {
  const read = parseManifest(JSON.stringify(good));
  assert.ok(read.ok);
  assert.equal(read.value.name, "notebook");
  assert.deepEqual([...read.value.imports], ["transact"]);
  assert.deepEqual(
    [...read.value.exports.values()],
    [
      { name: "add", trust: "medium", doc: "Writes a note.", types: '[{"text":"str"},null,null]' },
      { name: "caller", trust: "none", doc: undefined, types: "[null,null,null]" },
    ],
  );
});

/** Whatever the owner of an account has put at `/plugin.json`. */
const malformed: Readonly<Record<string, unknown>> = {
  "no JSON": undefined,
  "no object": [good],
  "another runtime": { ...good, sdk: 2 },
  "no name": { ...good, name: 7 },
  "a name that is none": { ...good, name: "Note Book" },
  "imports that are no list": { ...good, imports: "transact" },
  "imports that are no names": { ...good, imports: [null] },
  "no exports": { ...good, exports: [] },
  "an export that is none": { ...good, exports: { add: "medium" } },
  "trust that nobody knows": { ...good, exports: { add: { trust: "blind" } } },
  "a function without a name": { ...good, exports: { "": { trust: "none" } } },
  "a function whose name is none": { ...good, exports: { "../add": { trust: "none" } } },
};

for (const [what, json] of Object.entries(malformed)) {
  test(`a manifest with ${what} is refused with its reason`, () => {
    const read = parseManifest(json === undefined ? "{" : JSON.stringify(json));
    assert.equal(read.ok ? "taken" : read.error.code, "manifest-malformed");
  });
}
