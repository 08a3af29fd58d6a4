import type { ModuleContract } from "../wasm/module-contract.ts";

/**
 * What an uploaded module is given and has to offer; the region and its calls are those of `@kith/protocol/guest-abi`,
 * without the operations that take or give a text.
 *
 * - `kith.host(operation)`: asks the machine.
 * - `kith_region()`: where the region is, a multiple of 4.
 * - `kith_definition()`, `kith_definition_size()`: where the JSON of the ServiceDefinition is.
 * - `kith_serves()`: 1 when the service answers requests.
 * - `kith_run()`: carries out what the header says.
 */
export const wasmContract: ModuleContract = {
  imports: [{ module: "kith", name: "host", params: ["i32"], results: [] }],
  exports: [
    { name: "kith_region", params: [], results: ["i32"] },
    { name: "kith_definition", params: [], results: ["i32"] },
    { name: "kith_definition_size", params: [], results: ["i32"] },
    { name: "kith_serves", params: [], results: ["i32"] },
    { name: "kith_run", params: [], results: [] },
  ],
};
