import type { Operations } from "../guest/operation.ts";
import type { StateAccess } from "../wasm/meter-module.ts";

/** As much as is needed to run it of what the metering pass says of the engine. */
export type EngineFacts = { readonly globals: readonly StateAccess[] };

/** The compiled engine, and what sources find when they run on it. */
export type Engine = {
  readonly module: WebAssembly.Module;
  /** Where the state of an instance is. */
  readonly facts: EngineFacts;
  /** What guests may ask for. */
  readonly operations: Operations;
  /** A classic script that runs once before every source: what sources share instead of bringing it along. */
  readonly runtime?: Uint8Array;
  /** Code is left out of it: a trap may stand for that, and says nothing about the source. */
  readonly isPartial?: boolean;
};

/** What ran has to run again, on the whole engine; nothing it did counts. */
export class CodeMissing extends Error {
  constructor() {
    super("the engine is without code that was reached");
  }
}
