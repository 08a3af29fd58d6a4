import assert from "node:assert/strict";
import { test } from "node:test";

import { ByteCache } from "./byte-cache.ts";

test("a cache never gives a value that was replaced or deleted, whichever generation it is in", () => {
  const cache = new ByteCache(4000);
  cache.set("a", Uint8Array.of(1));
  for (let other = 0; other < 19; other += 1) cache.set(`other ${other}`, new Uint8Array(1));
  assert.deepEqual(cache.get("a"), Uint8Array.of(1));
  cache.set("a", Uint8Array.of(2));
  assert.deepEqual(cache.get("a"), Uint8Array.of(2));
  cache.delete("a");
  assert.equal(cache.get("a"), undefined);
});

test("a cache keeps what is used and stays within its size", () => {
  const cache = new ByteCache(100_000);
  cache.set("hot", Uint8Array.of(1));
  for (let other = 0; other < 10_000; other += 1) {
    cache.set(`other ${other}`, new Uint8Array(1000));
    assert.ok(cache.get("hot") !== undefined);
  }
  let kept = 0;
  for (let other = 0; other < 10_000; other += 1) {
    if (cache.get(`other ${other}`) !== undefined) kept += 1;
  }
  assert.ok(kept > 10 && kept < 100, `${kept}`);
});
