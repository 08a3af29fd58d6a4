import { err, ok, type Result } from "@kith/protocol/result";

import { accessFunctions, chargingFunctions, type AddedFunction } from "./added-functions.ts";
import { AddedTypes } from "./added-types.ts";
import { ByteReader } from "./byte-reader.ts";
import { decodeModule } from "./decode-module.ts";
import { Edits } from "./edits.ts";
import type { Additions, StackFrame } from "./emit-body.ts";
import { emitModule, type AddedExport, type AddedGlobal } from "./emit-module.ts";
import type { WasmError } from "./errors.ts";
import type { FuelCosts } from "./fuel-costs.ts";
import type { ModuleLimits } from "./limits.ts";
import {
  checkContract,
  checkExportNames,
  checkNoFloats,
  reservedPrefix,
  type ModuleContract,
} from "./module-contract.ts";
import type { Global, Module } from "./module.ts";
import { planStack, type StackCosts, type StackPlan } from "./native-stack.ts";
import { fuelAccess, ownAccess, pagesAccess, stackAccess } from "./state-access.ts";
import { BodyValidator, type BodyPlan, type FloatPolicy } from "./validate-body.ts";
import { i32Type, i64Type } from "./value-types.ts";

export type MeterOptions = {
  readonly limits: ModuleLimits;
  /** What memory can grow to. */
  readonly pagesMax: number;
  /**
   * What the real memory has to have at least; `pagesMax` by default, so that growing never depends on the host. Less
   * is for a module that asks the host for memory instead of growing its own; it is ignored for any other.
   */
  readonly pagesAtStart?: number;
  readonly floats: FloatPolicy;
  /** What the fuel starts with: a start function has to live on it. */
  readonly initialFuel: bigint;
  /** The same for native stack; 64 KiB by default. */
  readonly initialStackBytes?: number;
  readonly costs: FuelCosts;
  /** The most instructions that are run on one charge. */
  readonly fuelStretch: number;
  /** Without it no native stack is counted: for measurements only, because hosts differ in how deep they go. */
  readonly stackCosts?: StackCosts;
  /** What an uploaded module has to keep to; the engine needs none. */
  readonly contract?: ModuleContract;
};

export type MeteredModule = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly facts: ModuleFacts;
};

type ModuleFacts = {
  readonly memory:
    | { readonly initialPages: number; readonly maximumPages: number; readonly imported: boolean }
    | undefined;
  /** Whether code writes to tables or drops segments, which no export shows. */
  readonly hasHiddenState: boolean;
  /** Native stack that one call from the host may use without counting it. */
  readonly uncountedStackBytes: number;
  readonly functions: number;
  /** Of all functions together, parameters included: a few bytes can declare a thousand. */
  readonly locals: number;
  /** How many functions count their native stack. */
  readonly countedFunctions: number;
};

/** The memory, whether the module itself exports it or not. */
export const memoryExport: string = `${reservedPrefix}memory`;

/**
 * Checks a module and rewrites it so that it counts what it uses. Pure: the same bytes and options give the same
 * bytes on every host. Both what goes in and what comes out is shown to the host's own validator as well: a
 * disagreement, of which none is known, must not become a difference between two nodes, nor a broken instance.
 */
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
  if (reader.fault === undefined) checkExportNames(reader, module);
  if (options.floats === "refuse") checkNoFloats(reader, module);
  if (options.contract !== undefined) checkContract(reader, module, options.contract);
  if (reader.fault !== undefined) return err(reader.fault);
  if (!WebAssembly.validate(bytes)) return err({ code: "wasm-host-refuses-input", offset: 0 });
  const metered = rewrite({ module, edits, bodies, validator }, options);
  if (!WebAssembly.validate(metered.bytes)) {
    return err({ code: "wasm-host-refuses-output", offset: 0 });
  }
  return ok(metered);
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

type CheckedModule = {
  readonly module: Module;
  readonly edits: Edits;
  readonly bodies: readonly BodyPlan[];
  readonly validator: BodyValidator;
};

function rewrite(checked: CheckedModule, options: MeterOptions): MeteredModule {
  const { module, edits, bodies, validator } = checked;
  const { pagesMax, pagesAtStart = pagesMax, limits } = options;
  const initial = module.memory?.limits.minimum ?? 0;
  const maximum = Math.min(module.memory?.limits.maximum ?? pagesMax, pagesMax);
  const minimum = validator.memory.hasGrowth ? maximum : Math.min(maximum, pagesAtStart);
  const stack = stackPlanOf(checked, options);
  const additions = additionsOf(module);
  const types = new AddedTypes(module);
  const frames = framesOf(module, stack, types);
  const charging = chargingFunctions(types, additions, { ...options.costs, pagesMax: maximum });
  const access = accessOf(module, additions, types);
  const addedExports = [...access.exports];
  if (module.memory !== undefined) {
    addedExports.push({ name: memoryExport, kind: "memory", index: 0 });
  }
  const rewritten = emitModule({
    module,
    edits,
    bodies,
    frames,
    additions,
    addedTypes: types.added,
    addedFunctions: [...charging, ...access.functions],
    addedGlobals: initialValues(initial, options),
    addedExports,
    pages: { minimum, maximum },
    tableElementsMax: limits.tableElementsMax,
  });
  const imported = module.memory?.imported ?? false;
  const facts: ModuleFacts = {
    memory: module.memory && { initialPages: initial, maximumPages: maximum, imported },
    hasHiddenState: validator.memory.hasTableWrites || validator.memory.hasSegmentDrops,
    uncountedStackBytes: stack.uncountedBytes,
    functions: bodies.length,
    locals: module.bodies.reduce((sum, { locals }) => sum + locals.length, 0),
    countedFunctions: frames.filter((frame) => frame !== undefined).length,
  };
  return { bytes: rewritten, facts };
}

function stackPlanOf({ module, bodies }: CheckedModule, { stackCosts }: MeterOptions): StackPlan {
  return stackCosts === undefined
    ? { frameBytes: [], uncountedBytes: 0 }
    : planStack(module, bodies, stackCosts);
}

/** Behind the module's own globals and functions, so that no index of the module changes. */
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

/** In the order of the indices in `Additions`. */
function initialValues(pages: number, options: MeterOptions): AddedGlobal[] {
  const { initialFuel, initialStackBytes = 65_536 } = options;
  return [
    { type: i64Type, value: initialFuel },
    { type: i32Type, value: BigInt(pages) },
    { type: i32Type, value: BigInt(initialStackBytes) },
  ];
}

function framesOf(
  module: Module,
  { frameBytes }: StackPlan,
  types: AddedTypes,
): (StackFrame | undefined)[] {
  return frameBytes.map((bytes, body) => {
    const type = module.types[module.functions[module.importedFunctions + body] ?? -1];
    if (bytes === 0 || type === undefined) return undefined;
    return { bytes, blockType: types.blockTypeOf(type.results) };
  });
}

function ownState(module: Module): [number, Global][] {
  return [...module.globals.entries()].filter(([, { mutable, imported }]) => mutable && !imported);
}

function accessOf(
  module: Module,
  additions: Additions,
  types: AddedTypes,
): { readonly functions: readonly AddedFunction[]; readonly exports: readonly AddedExport[] } {
  const firstFunction = additions.chargeElementsFunction + 1;
  const globals = [
    { names: fuelAccess, index: additions.fuelGlobal, type: i64Type },
    { names: pagesAccess, index: additions.pagesGlobal, type: i32Type },
    { names: stackAccess, index: additions.stackGlobal, type: i32Type },
    ...ownState(module).map(([index, { type }]) => ({ names: ownAccess(index), index, type })),
  ];
  const functions: AddedFunction[] = [];
  const exports: AddedExport[] = [];
  for (const { names, index, type } of globals) {
    for (const name of [names.getter, names.setter]) {
      const next = firstFunction + exports.length;
      exports.push({ name, kind: "function", index: next });
    }
    functions.push(...accessFunctions(types, { index, type }));
  }
  return { functions, exports };
}
