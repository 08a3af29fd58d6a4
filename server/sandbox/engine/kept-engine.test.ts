import assert from "node:assert/strict";
import { test } from "node:test";

import { MapStore } from "../test-store.ts";
import { meteredEngine } from "./engine-module.ts";
import { keepEngine, keptEngine } from "./kept-engine.ts";

test("an engine that was kept is the one that was metered", () => {
  const { bytes } = meteredEngine();
  const store = new MapStore();
  keepEngine(store, bytes);
  const kept = keptEngine(store);
  assert.ok(kept !== undefined && Buffer.compare(kept, bytes) === 0);
  for (const name of store.contents.keys()) assert.match(name, /^[a-z0-9-]{1,200}$/);
});

test("what is not the engine of the protocol is no engine, whoever has kept it", () => {
  const store = new MapStore();
  assert.equal(keptEngine(store), undefined);
  const { bytes } = meteredEngine();
  for (const at of [0, 20, bytes.length >> 1, bytes.length - 1]) {
    const changed = bytes.slice();
    changed[at] = 1 + (changed[at] ?? 0);
    keepEngine(store, changed);
    assert.ok(keptEngine(store) === undefined, `byte ${at}`);
  }
  keepEngine(store, bytes.subarray(0, -1));
  assert.ok(keptEngine(store) === undefined);
});
