import assert from "node:assert/strict";
import { test } from "node:test";

import { packText } from "@kith/protocol/texts";

import { isIndexed, packIndex, parseIndex } from "./package-index.ts";
import { testPackage } from "./test-packages.ts";

const tokens = testPackage({ name: "tokens", version: "1.2.0" });
const depends = [{ name: "tokens", version: "^1.0.0" }];
const shop = testPackage({ name: "shop", description: "Sells.", depends });

test("an index says what packages say of themselves, and where they are", () => {
  const packed = packIndex([
    { file: "tokens-1.2.0.psi", package: tokens },
    { file: "shops/shop.psi", package: shop },
  ]);
  const index = parseIndex(packed);
  assert.ok(index.ok);
  assert.deepEqual(
    index.value.map(({ file, hash, contents }) => [file, hash, contents.meta.depends]),
    [
      ["tokens-1.2.0.psi", tokens.hash, []],
      ["shops/shop.psi", shop.hash, depends],
    ],
  );
  const [first, second] = index.value;
  assert.ok(first !== undefined && second !== undefined);
  assert.ok(isIndexed(tokens, first) && isIndexed(shop, second));
  assert.ok(!isIndexed(shop, first));
});

test("an index of psibase is read; packages for single nodes are left out", () => {
  const entry = { name: "Tokens", version: "0.27.0", exports: [], file: "Tokens.psi" };
  const sha256 = tokens.hash.toUpperCase();
  const local = { ...entry, name: "XAdmin", scope: "local", sha256 };
  const index = parseIndex(packText(JSON.stringify([{ ...entry, sha256 }, local])));
  assert.ok(index.ok);
  assert.deepEqual(
    index.value.map(({ hash, contents }) => [hash, contents.meta.name]),
    [[tokens.hash, "Tokens"]],
  );
});

test("an index that names files elsewhere, or is none, is refused by field", () => {
  const good = { name: "x", version: "1.0.0", file: "x.psi", sha256: tokens.hash };
  const cases: readonly (readonly [unknown, string])[] = [
    [[{ ...good, file: "../x.psi" }], "0.file"],
    [[{ ...good, file: "/x.psi" }], "0.file"],
    [[{ ...good, file: "" }], "0.file"],
    [[{ ...good, sha256: "00" }], "0.sha256"],
    [[good, { ...good, version: "1" }], "1.version"],
    [{}, ""],
  ];
  for (const [json, field] of cases) {
    const index = parseIndex(packText(JSON.stringify(json)));
    assert.ok(!index.ok && index.error.code === "field-invalid", JSON.stringify(json));
    assert.deepEqual([index.error.path, index.error.field], ["index.json", field]);
  }
  const none = parseIndex(packText("["));
  assert.ok(!none.ok && none.error.code === "json-malformed");
});
