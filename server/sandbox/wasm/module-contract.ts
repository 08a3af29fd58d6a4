import type { ByteReader } from "./byte-reader.ts";
import type { Module } from "./module.ts";
import { isFloat, typeOfName, type ValueType } from "./value-types.ts";

/** What a module may ask for and has to offer. */
export type ModuleContract = {
  readonly imports: readonly ContractFunction[];
  readonly exports: readonly Omit<ContractFunction, "module">[];
};

type ContractFunction = {
  readonly module: string;
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
};

/** Exports that the pass adds begin with this. */
export const reservedPrefix = "kith:";

/** A module that has a name of ours itself could give the host something else for it. */
export function checkExportNames(reader: ByteReader, module: Module): void {
  const reserved = module.exports.find(({ name }) => name.startsWith(reservedPrefix));
  if (reserved === undefined) return;
  reader.failWith({ code: "wasm-export-reserved", offset: 0, name: reserved.name });
}

/** Under a contract, only functions are imported, and nothing runs before the first call. */
export function checkContract(
  reader: ByteReader,
  module: Module,
  { imports, exports }: ModuleContract,
): void {
  for (const found of module.imports) {
    const isAllowed =
      found.kind === "function" &&
      imports.some(
        (allowed) =>
          allowed.module === found.module &&
          allowed.name === found.name &&
          hasType(module, found.index, allowed),
      );
    if (isAllowed) continue;
    const { offset, name } = found;
    reader.failWith({ code: "wasm-import-refused", offset, module: found.module, name });
  }
  for (const required of exports) {
    const found = module.exports.find(({ name }) => name === required.name);
    if (found?.kind === "function" && hasType(module, found.index, required)) continue;
    reader.failWith({ code: "wasm-export-missing", offset: 0, name: required.name });
  }
  if (module.start !== undefined) reader.fail("wasm-start-refused", 0);
}

function hasType(
  module: Module,
  index: number,
  expected: Pick<ContractFunction, "params" | "results">,
): boolean {
  const type = module.types[module.functions[index] ?? -1];
  return (
    type !== undefined &&
    areTypes(type.params, expected.params) &&
    areTypes(type.results, expected.results)
  );
}

function areTypes(types: Uint8Array, names: readonly ValueType[]): boolean {
  return (
    types.length === names.length && names.every((name, index) => types[index] === typeOfName(name))
  );
}

/** Where no instruction may make or take a float, none may be announced either. */
export function checkNoFloats(reader: ByteReader, module: Module): void {
  const hasFloat =
    module.types.some(({ params, results }) => params.some(isFloat) || results.some(isFloat)) ||
    module.globals.some(({ type }) => isFloat(type)) ||
    module.bodies.some(({ locals }) => locals.some(isFloat));
  if (hasFloat) reader.fail("wasm-floats-refused", 0);
}
