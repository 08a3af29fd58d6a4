import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { moduleLimits } from "./limits.ts";
import { meterModule } from "./meter-module.ts";
import { fuelCosts, fuelStretch } from "./metering.ts";

const enginePath = createRequire(import.meta.url).resolve(
  "@jitl/quickjs-ng-wasmfile-release-sync/wasm",
);

test("the script engine passes, and its parts of state are exported", () => {
  const metered = meterModule(new Uint8Array(readFileSync(enginePath)), {
    limits: moduleLimits,
    pagesMax: 1024,
    floats: "allow",
    initialFuel: 0n,
    costs: fuelCosts,
    fuelStretch,
  });
  assert.ok(metered.ok);
  const { bytes, facts } = metered.value;
  assert.ok(WebAssembly.validate(bytes));
  assert.deepEqual(facts.memory, { initialPages: 256, maximumPages: 1024, imported: true });
  assert.deepEqual(facts.globals, [
    { getter: "kith:get:global:0", setter: "kith:set:global:0", type: "i32" },
  ]);
  assert.equal(facts.hasHiddenState, false);
});
