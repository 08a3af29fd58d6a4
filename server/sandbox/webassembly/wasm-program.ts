import { err, ok, type Result } from "@kith/protocol/result";
import type { Meter } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import {
  compilationsPerPass,
  compilePrices,
  moduleBytePrice,
  refusedModuleBytePrice,
} from "../fuel-prices.ts";
import { parseDefinition } from "../guest/definition.ts";
import type { Description } from "../guest/description.ts";
import { GuestSession, OutOfFuel } from "../guest/guest-session.ts";
import { runtimeFault } from "../guest/runtime-fault.ts";
import { serviceOperations } from "../guest/service-operations.ts";
import { StartingHost } from "../guest/starting-host.ts";
import { definitionBytesMax, imageFuelMax, imageStackBytes, wasmPagesMax } from "../limits.ts";
import type { WasmError } from "../wasm/errors.ts";
import { moduleLimits } from "../wasm/limits.ts";
import { meterModule, type MeteredModule } from "../wasm/meter-module.ts";
import { fuelStretch, stackCosts, uploadedFuelCosts } from "../wasm/metering.ts";
import { wasmContract } from "./wasm-contract.ts";
import { WasmInstance } from "./wasm-instance.ts";

/** An uploaded module that was checked, metered and compiled, and what it has said of itself. */
export type WasmProgram = Omit<Description, "pages"> & {
  readonly definitionText: string;
  readonly module: WebAssembly.Module;
  /** What the module was compiled from. */
  readonly metered: Uint8Array<ArrayBuffer>;
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
  const passed = meterModule(code.slice(), {
    limits: moduleLimits,
    pagesMax: wasmPagesMax,
    floats: "canonicalise",
    initialFuel: 0n,
    costs: uploadedFuelCosts,
    fuelStretch,
    stackCosts,
    contract: wasmContract,
  });
  if (!passed.ok) return err({ ...passed.error, fuel: refusedModuleBytePrice * code.length });
  const compileFuel = compileFuelOf(passed.value);
  const meter = { fuel: imageFuelMax, stackBytes: imageStackBytes };
  const module = compile(passed.value.bytes);
  const said = ask(module, meter);
  const passFuel = moduleBytePrice * code.length + compilationsPerPass * compileFuel;
  const fuel = imageFuelMax - Math.max(0, meter.fuel) + passFuel;
  if (!said.ok) return err({ ...said.error, fuel });
  return ok({ ...said.value, module, metered: passed.value.bytes, fuel, compileFuel });
}

/** What compiling a metered module costs: a function of the module, because no node knows what others have compiled. */
function compileFuelOf({ bytes, facts }: MeteredModule): number {
  const { byte, function: each, local } = compilePrices;
  return byte * bytes.length + each * facts.functions + local * facts.locals;
}

/** The runtime has checked the bytes before, so there is nothing about them that it could refuse. */
export function compile(metered: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(metered);
  } catch (thrown) {
    throw runtimeFault(thrown, "a module that is compiled") ?? thrown;
  }
}

type Said = Pick<WasmProgram, "definition" | "definitionText" | "serves">;

function ask(module: WebAssembly.Module, meter: Meter): Result<Said, ProgramError> {
  try {
    return describe(module, meter);
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof OutOfFuel) {
      return err({ code: "module-trapped" });
    }
    throw runtimeFault(thrown, "a module that is asked what it is") ?? thrown;
  }
}

function describe(module: WebAssembly.Module, meter: Meter): Result<Said, ProgramError> {
  const instance = new WasmInstance(module);
  return instance.within(
    new GuestSession(new StartingHost(meter), serviceOperations),
    (exports) => {
      if (!instance.findRegion(exports)) return err({ code: "region-outside-memory" });
      const size = exports.kith_definition_size();
      const bytes =
        size > definitionBytesMax ? undefined : instance.bytesAt(exports.kith_definition(), size);
      if (bytes === undefined) return err({ code: "definition-outside-memory" });
      const definitionText = unpackText(bytes) ?? "";
      const definition = parseDefinition(definitionText);
      if (!definition.ok) return definition;
      const serves = exports.kith_serves() !== 0;
      return ok({ definition: definition.value, definitionText, serves });
    },
  );
}
