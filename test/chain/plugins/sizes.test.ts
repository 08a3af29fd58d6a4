import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { parseManifest } from "@kith/supervisor/manifest";

import { firstParty } from "./first-party.ts";

/** As a browser gets it, once for each version. */
const sentBytesMax = 6 * 1024;
const allSentBytesMax = 24 * 1024;

test("each of the system's plugins is sent in a few kilobytes, and all of them in a few more", () => {
  let sum = 0;
  for (const [account, { source }] of firstParty) {
    const size = brotliCompressSync(source).length;
    assert.ok(size <= sentBytesMax, `${account} takes ${size} bytes`);
    sum += size;
  }
  assert.ok(sum <= allSentBytesMax, `all of them take ${sum} bytes`);
});

test("what the system's plugins call is there", () => {
  for (const [account, { manifest }] of firstParty) {
    const parsed = parseManifest(manifest);
    assert.ok(parsed.ok);
    for (const called of parsed.value.imports) {
      assert.ok(firstParty.has(called), `${account} calls ${called}`);
    }
  }
});

test("functions for which the user is asked say what they do", () => {
  for (const { account, manifest } of firstParty.values()) {
    const parsed = parseManifest(manifest);
    assert.ok(parsed.ok);
    for (const { name, trust, doc } of parsed.value.exports.values()) {
      const isAsked = trust !== "none" && trust !== "max";
      assert.ok(!isAsked || doc !== undefined, `${account}.${name} has no words`);
    }
  }
});
