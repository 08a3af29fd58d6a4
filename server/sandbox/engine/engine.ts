import type { Operations } from "../guest/operation.ts";

/** The compiled engine, and what sources find when they run on it. */
export type Engine = {
  readonly module: WebAssembly.Module;
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
