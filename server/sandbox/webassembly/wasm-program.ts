import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { parseDefinition } from "../guest/definition.ts";
import { GuestSession, OutOfFuel } from "../guest/guest-session.ts";
import { StartingHost } from "../guest/starting-host.ts";
import { definitionBytesMax, imageFuelMax, imageStackBytes, wasmPagesMax } from "../limits.ts";
import type { WasmError } from "../wasm/errors.ts";
import { moduleLimits } from "../wasm/limits.ts";
import { meterModule, type ModuleFacts } from "../wasm/meter-module.ts";
import { fuelStretch, stackCosts, uploadedFuelCosts } from "../wasm/metering.ts";
import { wasmContract } from "./wasm-contract.ts";
import { WasmInstance } from "./wasm-instance.ts";

/** An uploaded module that was checked, metered and compiled. */
export type WasmProgram = {
  readonly module: WebAssembly.Module;
  readonly facts: ModuleFacts;
  readonly definition: ServiceDefinition;
  readonly serves: boolean;
  /** What it took to make it. */
  readonly fuel: number;
};

export type ProgramError =
  | WasmError
  | { readonly code: "module-trapped" }
  | { readonly code: "region-outside-memory" | "definition-outside-memory" }
  | { readonly code: "definition-malformed"; readonly message: string };

/** Reading and rewriting a module costs about as much for each of its bytes as this many instructions. */
const fuelPerByte = 100;

/** Checks a module, makes it count what it uses, and asks it what it is. */
export function makeProgram(code: Uint8Array): Result<WasmProgram, ProgramError> {
  const metered = meterModule(code.slice(), {
    limits: moduleLimits,
    pagesMax: wasmPagesMax,
    floats: "canonicalise",
    initialFuel: 0n,
    costs: uploadedFuelCosts,
    fuelStretch,
    stackCosts,
    contract: wasmContract,
  });
  if (!metered.ok) return metered;
  const { bytes, facts } = metered.value;
  const module = new WebAssembly.Module(bytes);
  const meter = { fuel: imageFuelMax, stackBytes: imageStackBytes };
  try {
    const described = describe(module, facts, meter);
    if (!described.ok) return described;
    const fuel = imageFuelMax - meter.fuel + fuelPerByte * code.length;
    return ok({ module, facts, ...described.value, fuel });
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof OutOfFuel) {
      return err({ code: "module-trapped" });
    }
    throw thrown;
  }
}

function describe(
  module: WebAssembly.Module,
  facts: ModuleFacts,
  meter: { fuel: number; stackBytes: number },
): Result<Pick<WasmProgram, "definition" | "serves">, ProgramError> {
  const instance = new WasmInstance(module, facts);
  return instance.within(new GuestSession(new StartingHost(meter)), (exports) => {
    if (!instance.findRegion(exports)) return err({ code: "region-outside-memory" });
    const size = exports.kith_definition_size();
    const bytes =
      size > definitionBytesMax ? undefined : instance.bytesAt(exports.kith_definition(), size);
    if (bytes === undefined) return err({ code: "definition-outside-memory" });
    const text = unpackText(bytes);
    const definition = parseDefinition(text ?? "");
    if (!definition.ok) return definition;
    return ok({ definition: definition.value, serves: exports.kith_serves() !== 0 });
  });
}
