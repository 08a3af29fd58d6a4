import type { Operations } from "../guest/operation.ts";
import type { ModuleFacts } from "../wasm/meter-module.ts";

/** The compiled engine, and what sources find when they run on it. */
export type Engine = {
  readonly module: WebAssembly.Module;
  /** Where the state of an instance is. */
  readonly facts: ModuleFacts;
  /** What guests may ask for. */
  readonly operations: Operations;
  /** A classic script that runs once before every source: what sources share instead of bringing it along. */
  readonly runtime?: Uint8Array;
  /** Functions are left out of it: a trap may be one of those, and says nothing about the source. */
  readonly isPartial?: boolean;
};

/** What ran has to run again, on an engine with more functions; nothing it did counts. */
export class FunctionMissing extends Error {
  /** Its place in the code, where those that are not there are numbered. */
  readonly place: number;

  constructor(place: number) {
    super("the engine is without a function that was called");
    this.place = place;
  }
}
