import { err, ok, type Result } from "@kith/protocol/result";

import { ByteReader } from "./byte-reader.ts";
import { decodeModule } from "./decode-module.ts";
import { Edits } from "./edits.ts";
import type { Additions } from "./emit-body.ts";
import { emitModule, type AddedExport, type FuelCosts } from "./emit-module.ts";
import type { WasmError } from "./errors.ts";
import { helperParams } from "./helper-functions.ts";
import type { ModuleLimits } from "./limits.ts";
import type { Module } from "./module.ts";
import { BodyValidator, type BodyPlan, type FloatPolicy } from "./validate-body.ts";
import { nameOfType, type ValueType } from "./value-types.ts";

/** Exports that the pass adds begin with this; a module that has one itself is refused. */
export const reservedPrefix = "kith:";

export type MeterOptions = {
  readonly limits: ModuleLimits;
  /** What the memory can grow to; it has this size from the start. */
  readonly pagesMax: number;
  readonly floats: FloatPolicy;
  /** What the fuel starts with: a start function has to live on it. */
  readonly initialFuel: bigint;
  readonly costs: FuelCosts;
  readonly fuelStretch: number;
};

export type MeteredModule = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly facts: ModuleFacts;
};

export type ModuleFacts = {
  readonly memory:
    | { readonly initialPages: number; readonly maximumPages: number; readonly imported: boolean }
    | undefined;
  /** The module's own mutable globals: with them, the pass's globals and the memory an instance can be kept. */
  readonly globals: readonly StateGlobal[];
  /** Whether code writes to tables or drops segments, which no export shows. */
  readonly hasHiddenState: boolean;
};

export type StateGlobal = { readonly exportName: string; readonly type: ValueType };

/** Checks a module and rewrites it so that it counts what it uses. */
export function meterModule(
  bytes: Uint8Array<ArrayBuffer>,
  options: MeterOptions,
): Result<MeteredModule, WasmError> {
  const reader = new ByteReader(bytes);
  const module = decodeModule(reader, options.limits, options.pagesMax);
  if (reader.fault !== undefined) return err(reader.fault);
  const edits = new Edits();
  const validator = new BodyValidator(reader, module, options, edits);
  const bodies = validateBodies(reader, module, validator);
  if (reader.fault !== undefined) return err(reader.fault);
  if (!WebAssembly.validate(bytes)) return err({ code: "wasm-host-refuses-input", offset: 0 });
  const globals = stateGlobals(module);
  const additions = additionsOf(module);
  const initial = module.memory?.limits.minimum ?? 0;
  const maximum = Math.min(module.memory?.limits.maximum ?? options.pagesMax, options.pagesMax);
  const rewritten = emitModule({
    module,
    edits,
    bodies,
    frames: [],
    additions,
    addedTypes: [{ params: helperParams, results: helperParams }],
    addedExports: addedExports(module, additions),
    pages: { initial, maximum },
    tableElementsMax: options.limits.tableElementsMax,
    initialFuel: options.initialFuel,
    initialStackBytes: 0,
    costs: options.costs,
  });
  if (!WebAssembly.validate(rewritten)) return err({ code: "wasm-host-refuses-output", offset: 0 });
  const memory =
    module.memory === undefined
      ? undefined
      : { initialPages: initial, maximumPages: maximum, imported: module.memory.imported };
  const hasHiddenState = validator.hasTableWrites || validator.hasSegmentDrops;
  return ok({ bytes: rewritten, facts: { memory, globals, hasHiddenState } });
}

function validateBodies(reader: ByteReader, module: Module, validator: BodyValidator): BodyPlan[] {
  const plans: BodyPlan[] = [];
  for (const [index, body] of module.bodies.entries()) {
    const type = module.types[module.functions[module.importedFunctions + index] ?? -1];
    if (type === undefined || reader.fault !== undefined) break;
    plans.push(validator.validate(body, type));
  }
  return plans;
}

function stateGlobals(module: Module): StateGlobal[] {
  return module.globals.flatMap(({ type, mutable, imported }, index) =>
    mutable && !imported ? [{ exportName: globalName(index), type: nameOfType(type) }] : [],
  );
}

function globalName(index: number): string {
  return `${reservedPrefix}global:${index}`;
}

function additionsOf(module: Module): Additions {
  const globals = module.globals.length;
  const functions = module.functions.length;
  return {
    fuelGlobal: globals,
    pagesGlobal: globals + 1,
    stackGlobal: globals + 2,
    growFunction: functions,
    chargeBytesFunction: functions + 1,
    chargeElementsFunction: functions + 2,
  };
}

function addedExports(module: Module, additions: Additions): AddedExport[] {
  const added: AddedExport[] = [
    { name: `${reservedPrefix}fuel`, kind: "global", index: additions.fuelGlobal },
    { name: `${reservedPrefix}pages`, kind: "global", index: additions.pagesGlobal },
    { name: `${reservedPrefix}stack`, kind: "global", index: additions.stackGlobal },
  ];
  if (module.memory !== undefined) {
    added.push({ name: `${reservedPrefix}memory`, kind: "memory", index: 0 });
  }
  for (const [index, { mutable, imported }] of module.globals.entries()) {
    if (mutable && !imported) added.push({ name: globalName(index), kind: "global", index });
  }
  return added;
}
