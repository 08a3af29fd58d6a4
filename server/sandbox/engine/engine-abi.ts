import { moduleLimits, type ModuleLimits } from "../wasm/limits.ts";

/**
 * The names and addresses of one build of QuickJS-ng: `@jitl/quickjs-ng-wasmfile-release-sync` 0.32.0, which holds
 * quickjs-ng 0.12.1 compiled by Emscripten with shortened names. They are right for the bytes whose hash is in
 * `pinned.ts` and for no others, so the hash is checked before anything is used.
 */

/** Pointers are 32-bit numbers. A `Value` is a pointer to a JSValue on the engine's heap, to be freed. */
export type EngineExports = {
  readonly callConstructors: () => void;
  readonly malloc: (size: number) => number;
  readonly free: (at: number) => void;
  readonly newRuntime: () => number;
  readonly setMaxStackSize: (runtime: number, bytes: number) => void;
  readonly newContext: (runtime: number, intrinsics: number) => number;
  readonly freeValue: (context: number, value: number) => void;
  readonly freeCString: (context: number, text: number) => void;
  readonly undefinedValue: () => number;
  readonly newArrayBuffer: (context: number, bytes: number, size: number) => number;
  readonly newString: (context: number, text: number) => number;
  /** A zero-terminated copy of the value as UTF-8. */
  readonly getString: (context: number, value: number) => number;
  readonly getProperty: (context: number, object: number, name: number) => number;
  readonly setProperty: (context: number, object: number, name: number, value: number) => void;
  readonly call: (
    context: number,
    callee: number,
    self: number,
    ...args: readonly number[]
  ) => number;
  /** The exception that a value stands for, or 0. */
  readonly resolveException: (context: number, value: number) => number;
  readonly evaluate: (context: number, source: number, ...rest: readonly number[]) => number;
  readonly globalObject: (context: number) => number;
  readonly newFunction: (context: number, name: number, ...rest: readonly number[]) => number;
  readonly isJobPending: (runtime: number) => number;
  readonly executePendingJob: (runtime: number, jobsMax: number, context: number) => number;
  readonly restoreStack: (pointer: number) => void;
};

/** What each export is called in the module. */
export const exportNames: { readonly [Name in keyof EngineExports]: string } = {
  callConstructors: "v",
  malloc: "w",
  free: "N",
  newRuntime: "L",
  setMaxStackSize: "E",
  newContext: "O",
  freeValue: "Q",
  freeCString: "T",
  undefinedValue: "F",
  newArrayBuffer: "Y",
  newString: "$",
  getString: "aa",
  getProperty: "ia",
  setProperty: "ka",
  call: "na",
  resolveException: "oa",
  evaluate: "qa",
  globalObject: "va",
  newFunction: "Ea",
  isJobPending: "ga",
  executePendingJob: "ha",
  restoreStack: "Na",
};

/**
 * Emscripten lays out data, then a stack of 5 MiB that grows down, then the heap. The stack is moved down to leave no
 * gap, so that the whole memory of an instance is small enough to be written anew for each use.
 */
export const dataEnd = 99_952;
/** The C stack. JavaScript gets at most `javascriptStackBytes` of it; the rest is for C functions that do not check. */
export const stackTop: number = dataEnd + 128 * 1024;
export const heapStart: number = stackTop + 16;
/** Where the allocator keeps the end of its heap. */
export const heapEndAddress = 96_576;

/** Measured: with more than this, deep recursion ends differently on different runtimes (decision 0073). */
export const javascriptStackBytes: number = 32 * 1024;

/** The tag of a JSValue in its upper half: a whole number in the lower half. */
export const intTag = 0;
export const jsValueBytes = 8;

/** The engine has more of some things than what people upload may have. */
export const engineLimits: ModuleLimits = { ...moduleLimits };
