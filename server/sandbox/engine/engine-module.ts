import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { serviceOperations } from "../guest/service-operations.ts";
import { memoryPagesMax } from "../limits.ts";
import { requirePinned } from "../pinned.ts";
import type { PreparedStore } from "../prepared-code.ts";
import { meterModule, type MeteredModule } from "../wasm/meter-module.ts";
import { fuelCosts, fuelStretch, stackCosts } from "../wasm/metering.ts";
import { engineLimits } from "./engine-abi.ts";
import type { Engine } from "./engine.ts";
import { keepEngine, keptEngine } from "./kept-engine.ts";

/** Laying out its data when it is instantiated; each call gets a meter of its own. */
const startFuel = 10_000_000n;
const engineFile = "@jitl/quickjs-ng-wasmfile-release-sync/wasm";
let metered: MeteredModule | undefined;
let opened: Engine | undefined;

/** The engine that every machine of this process runs. Throws when it is not the one that the protocol names. */
export function openEngine(store?: PreparedStore): Engine {
  opened ??= compileEngine(readyEngine(store));
  return opened;
}

/** What the metering pass makes of the engine, checked: browsers run the same bytes. */
export function meteredEngine(): MeteredModule {
  metered ??= meterEngine(readEngine());
  return metered;
}

function readyEngine(store: PreparedStore | undefined): Uint8Array<ArrayBuffer> {
  const kept = store === undefined ? undefined : keptEngine(store);
  if (kept !== undefined) return kept;
  const { bytes } = meteredEngine();
  if (store !== undefined) keepEngine(store, bytes);
  return bytes;
}

function compileEngine(bytes: Uint8Array<ArrayBuffer>): Engine {
  return { module: new WebAssembly.Module(bytes), operations: serviceOperations };
}

function readEngine(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(engineFile))));
  requirePinned("engine", bytes);
  return bytes;
}

function meterEngine(bytes: Uint8Array<ArrayBuffer>): MeteredModule {
  const made = meterModule(bytes, {
    limits: engineLimits,
    pagesMax: memoryPagesMax,
    pagesAtStart: 1,
    floats: "canonicalise",
    initialFuel: startFuel,
    costs: fuelCosts,
    fuelStretch,
    stackCosts,
  });
  if (!made.ok) throw new Error(`the script engine cannot be metered: ${made.error.code}`);
  requirePinned("meteredEngine", made.value.bytes);
  return made.value;
}
