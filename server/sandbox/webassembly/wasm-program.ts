import { err, ok, type Result } from "@kith/protocol/result";
import type { Meter, ServiceDefinition } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { moduleBytePrice } from "../fuel-prices.ts";
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

/** Why there is no program, and the fuel that it took to find out. */
export type ProgramFault = ProgramError & { readonly fuel: number };

/** Checks a module, makes it count what it uses, and asks it what it is. */
export function makeProgram(code: Uint8Array): Result<WasmProgram, ProgramFault> {
  const meter = { fuel: imageFuelMax, stackBytes: imageStackBytes };
  const made = compileProgram(code, meter);
  const fuel = imageFuelMax - Math.max(0, meter.fuel) + moduleBytePrice * code.length;
  return made.ok ? ok({ ...made.value, fuel }) : err({ ...made.error, fuel });
}

function compileProgram(
  code: Uint8Array,
  meter: Meter,
): Result<Omit<WasmProgram, "fuel">, ProgramError> {
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
  try {
    const described = describe(module, facts, meter);
    if (!described.ok) return described;
    return ok({ module, facts, ...described.value });
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
  meter: Meter,
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
