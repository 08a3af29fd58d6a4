import { regionBytes, regionHeaderWords } from "@kith/protocol/guest-abi";

import type { GuestCalls, Region, RegionHolder } from "../guest/guest-calls.ts";
import { memoryExport } from "../wasm/meter-module.ts";
import { MeteredState } from "../wasm/metered-state.ts";

/** What an uploaded module exports, as the contract has it. */
type Exports = {
  readonly kith_region: () => number;
  readonly kith_definition: () => number;
  readonly kith_definition_size: () => number;
  readonly kith_serves: () => number;
  readonly kith_run: () => void;
};

/** One instance of an uploaded module, with memory of its own that nothing else ever uses. */
export class WasmInstance implements RegionHolder {
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #state: MeteredState;
  #calls: GuestCalls | undefined;
  #regionAt = 0;

  constructor(module: WebAssembly.Module) {
    const imports = {
      kith: { host: (operation: number): void => this.#callHost(operation) },
    };
    const { exports } = new WebAssembly.Instance(module, imports);
    const memory: unknown = exports[memoryExport];
    if (!(memory instanceof WebAssembly.Memory)) {
      throw new WebAssembly.RuntimeError("the module has no memory");
    }
    this.#memory = memory;
    this.#state = new MeteredState(exports);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the contract was checked before the module was compiled
    this.#exports = exports as Exports;
  }

  /** Runs a part of the module with these calls answering and this meter running. */
  within<T>(calls: GuestCalls, run: (exports: Exports) => T): T {
    const outer = this.#calls;
    this.#calls = calls;
    this.#giveMeter(calls);
    try {
      return run(this.#exports);
    } finally {
      this.#takeMeter(calls);
      this.#calls = outer;
    }
  }

  get region(): Region {
    const { buffer } = this.#memory;
    return {
      words: new Int32Array(buffer, this.#regionAt, regionHeaderWords),
      bytes: new Uint8Array(buffer, this.#regionAt, regionBytes),
    };
  }

  /** The JSON that the module describes itself with; undefined when it lies outside of memory. */
  bytesAt(at: number, size: number): Uint8Array | undefined {
    const { buffer } = this.#memory;
    const start = at >>> 0;
    if (size < 0 || start + size > buffer.byteLength) return undefined;
    return new Uint8Array(buffer, start, size).slice();
  }

  /** Where the module says that its region is; it is asked once, within a call. */
  findRegion(exports: Exports): boolean {
    const at = exports.kith_region() >>> 0;
    this.#regionAt = at;
    return at % 4 === 0 && at + regionBytes <= this.#memory.buffer.byteLength;
  }

  #callHost(operation: number): void {
    const calls = this.#calls;
    if (calls === undefined) throw new WebAssembly.RuntimeError("nobody calls the module");
    this.#takeMeter(calls);
    try {
      calls.operate(this, operation);
    } finally {
      // What the machine does in the middle of a call also counts when it ends the call.
      this.#giveMeter(calls);
    }
  }

  #giveMeter({ meter }: GuestCalls): void {
    this.#state.fuel = BigInt(meter.fuel);
    this.#state.stackBytes = meter.stackBytes;
  }

  #takeMeter({ meter }: GuestCalls): void {
    meter.fuel = Number(this.#state.fuel);
    meter.stackBytes = this.#state.stackBytes;
  }
}
