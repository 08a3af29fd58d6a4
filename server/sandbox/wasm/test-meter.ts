import assert from "node:assert/strict";

import type { WasmError } from "./errors.ts";
import { moduleLimits } from "./limits.ts";
import {
  memoryExport,
  meterModule,
  type MeteredModule,
  type MeterOptions,
} from "./meter-module.ts";
import { MeteredState } from "./metered-state.ts";
import { fuelCosts, fuelStretch, stackCosts } from "./metering.ts";

export const testOptions: MeterOptions = {
  limits: moduleLimits,
  pagesMax: 16,
  floats: "allow",
  initialFuel: 1_000_000n,
  costs: fuelCosts,
  fuelStretch,
  stackCosts,
};

export function metered(
  bytes: Uint8Array<ArrayBuffer>,
  options: Partial<MeterOptions> = {},
): MeteredModule {
  const result = meterModule(bytes, { ...testOptions, ...options });
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.error));
  return result.value;
}

export function refusal(
  bytes: Uint8Array<ArrayBuffer>,
  options: Partial<MeterOptions> = {},
): WasmError | undefined {
  const result = meterModule(bytes, { ...testOptions, ...options });
  return result.ok ? undefined : result.error;
}

type Call = (...values: readonly unknown[]) => unknown;
export type Imports = ConstructorParameters<typeof WebAssembly.Instance>[1];

export type Running = {
  readonly call: Call;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly state: MeteredState;
  readonly memory: () => Uint8Array;
};

/** An instance of a metered module with much fuel and stack. `call` takes a name first. */
export function run({ bytes }: Pick<MeteredModule, "bytes">, imports: Imports = {}): Running {
  const exports = instantiate(bytes, imports);
  const state = new MeteredState(exports);
  state.fuel = 1_000_000n;
  state.stackBytes = 256 * 1024;
  return {
    call: (name, ...values) => functionOf(exports[String(name)])(...values),
    exports,
    state,
    memory: () => {
      const memory = exports[memoryExport];
      assert.ok(memory instanceof WebAssembly.Memory);
      return new Uint8Array(memory.buffer);
    },
  };
}

export function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  imports: Imports = {},
): Readonly<Record<string, unknown>> {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}

export function functionOf(value: unknown): Call {
  assert.ok(isCall(value));
  return value;
}

function isCall(value: unknown): value is Call {
  return typeof value === "function";
}
