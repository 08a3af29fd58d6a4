import assert from "node:assert/strict";
import { test } from "node:test";

import type { PreparedStore } from "../prepared-code.ts";
import { ownGlobalsOf } from "../wasm/meter-module.ts";
import { meteredEngine } from "./engine-module.ts";
import { keepEngine, keptEngine } from "./kept-engine.ts";

class OneFile implements PreparedStore {
  content: Uint8Array | undefined;
  #name = "";

  read(name: string): Uint8Array | undefined {
    return name === this.#name ? this.content?.slice() : undefined;
  }

  write(name: string, content: Uint8Array): void {
    assert.match(name, /^[a-z0-9-]{1,200}$/);
    this.#name = name;
    this.content = content.slice();
  }
}

test("an engine that was kept is the one that was metered, and tells itself where its state is", () => {
  const { bytes, facts } = meteredEngine();
  const store = new OneFile();
  keepEngine(store, bytes);
  const kept = keptEngine(store);
  assert.ok(kept !== undefined && Buffer.compare(kept, bytes) === 0);
  const known = facts.globals.map(({ getter, setter }) => ({ getter, setter }));
  assert.ok(known.length > 0);
  assert.deepEqual(ownGlobalsOf(new WebAssembly.Module(kept)), known);
});

test("what is not the engine of the protocol is no engine, whoever has kept it", () => {
  const store = new OneFile();
  assert.equal(keptEngine(store), undefined);
  const { bytes } = meteredEngine();
  keepEngine(store, bytes);
  for (const at of [0, 20, bytes.length >> 1, bytes.length - 1]) {
    const changed = bytes.slice();
    changed[at] = 1 + (changed[at] ?? 0);
    store.content = changed;
    assert.ok(keptEngine(store) === undefined, `byte ${at}`);
  }
  store.content = bytes.subarray(0, -1);
  assert.ok(keptEngine(store) === undefined);
});
