import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { sha256Hex } from "@kith/protocol/hashes";

import { memoryPagesMax } from "../limits.ts";
import { meterModule } from "../wasm/meter-module.ts";
import { fuelCosts, fuelStretch } from "../wasm/metering.ts";
import { engineLimits, engineSha256 } from "./engine-abi.ts";

/** The compiled engine, with the names of the globals that an instance's state is in. */
export type Engine = {
  readonly module: WebAssembly.Module;
  readonly globals: {
    readonly fuel: string;
    readonly stack: string;
    readonly pages: string;
    /** The engine's own, such as its stack pointer. */
    readonly others: readonly string[];
  };
};

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
  const found = sha256Hex(bytes);
  if (found !== engineSha256) {
    throw new Error(`the script engine is not the one that this network runs: ${found}`);
  }
  return bytes;
}

function compileEngine(bytes: Uint8Array<ArrayBuffer>): Engine {
  const metered = meterModule(bytes, {
    limits: engineLimits,
    pagesMax: memoryPagesMax,
    floats: "allow",
    initialFuel: startFuel,
    costs: fuelCosts,
    fuelStretch,
  });
  if (!metered.ok) throw new Error(`the script engine cannot be metered: ${metered.error.code}`);
  const { facts } = metered.value;
  smallMemory(metered.value.bytes);
  return {
    module: new WebAssembly.Module(metered.value.bytes),
    globals: {
      fuel: "kith:fuel",
      stack: "kith:stack",
      pages: "kith:pages",
      others: facts.globals.map(({ exportName }) => exportName),
    },
  };
}

/** TEMPORARY until the pass has an option. */
function smallMemory(bytes: Uint8Array): void {
  const pattern = [1, 0x61, 1, 0x61, 2, 1, 0x80, 4, 0x80, 4];
  for (let i = 0; i < 20000; i++) {
    if (pattern.every((byte, k) => bytes[i + k] === byte)) {
      bytes[i + 6] = 0x81;
      bytes[i + 7] = 0;
      return;
    }
  }
  throw new Error("no memory import");
}
