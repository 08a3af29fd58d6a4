import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { memoryPagesMax } from "../limits.ts";
import { requirePinned } from "../pinned.ts";
import { meterModule, type ModuleFacts } from "../wasm/meter-module.ts";
import { fuelCosts, fuelStretch, stackCosts } from "../wasm/metering.ts";
import { engineLimits } from "./engine-abi.ts";

/** The compiled engine, and where the state of an instance is. */
export type Engine = { readonly module: WebAssembly.Module; readonly facts: ModuleFacts };

/** Laying out its data when it is instantiated; each call gets a meter of its own. */
const startFuel = 10_000_000n;
const engineFile = "@jitl/quickjs-ng-wasmfile-release-sync/wasm";
let opened: Engine | undefined;

/** The engine that every machine of this process runs. Throws when it is not the one that the protocol names. */
export function openEngine(): Engine {
  opened ??= compileEngine(readEngine());
  return opened;
}

function readEngine(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(engineFile))));
  requirePinned("engine", bytes);
  return bytes;
}

function compileEngine(bytes: Uint8Array<ArrayBuffer>): Engine {
  const metered = meterModule(bytes, {
    limits: engineLimits,
    pagesMax: memoryPagesMax,
    pagesAtStart: 1,
    floats: "canonicalise",
    initialFuel: startFuel,
    costs: fuelCosts,
    fuelStretch,
    stackCosts,
  });
  if (!metered.ok) throw new Error(`the script engine cannot be metered: ${metered.error.code}`);
  const { bytes: rewritten, facts } = metered.value;
  requirePinned("meteredEngine", rewritten);
  return { module: new WebAssembly.Module(rewritten), facts };
}
