import { regionBytes, regionHeaderWords } from "@kith/protocol/guest-abi";
import type { Meter } from "@kith/protocol/service-abi";

import type { GuestCalls, Region, RegionHolder } from "../guest/guest-calls.ts";
import { memoryPagesMax } from "../limits.ts";
import { MeteredState, type StateValue } from "../wasm/metered-state.ts";
import {
  exportNames,
  heapEndAddress,
  intTag,
  jsValueBytes,
  type EngineExports,
} from "./engine-abi.ts";
import { engineImports } from "./engine-imports.ts";
import { EngineMemory } from "./engine-memory.ts";
import { CodeMissing, type Engine } from "./engine.ts";

const pageBytes = 65_536;

/** An instance between two calls: its memory up to the end of its heap, its globals, and where things are. */
export type EngineState = {
  readonly memory: Uint8Array;
  /** Of the module, such as its stack pointer. */
  readonly globals: readonly StateValue[];
  readonly runtime: number;
  readonly context: number;
  readonly regionAt: number;
};

/** One engine with its memory. It runs whatever image its memory holds, for one caller at a time. */
export class EngineInstance implements RegionHolder {
  readonly memory: EngineMemory;
  readonly pages: number;
  readonly #engine: EngineExports;
  readonly #state: MeteredState;
  readonly #isPartial: boolean;
  #calls: GuestCalls | undefined;
  /** Made anew when memory has grown: its bytes are others then. */
  #region: { readonly of: Uint8Array; readonly at: number; readonly region: Region } | undefined;
  /** Where the context and the region are. */
  context = 0;
  runtime = 0;
  regionAt = 0;
  /** Its memory is larger than images of its size expect: it cannot take another one. */
  hasGrown = false;

  constructor(engine: Engine, pages: number) {
    this.pages = pages;
    this.#isPartial = engine.isPartial === true;
    this.memory = new EngineMemory(pages, memoryPagesMax);
    const imports = engineImports({
      memory: this.memory.memory,
      timeMicros: () => this.#calls?.timeMicros() ?? 0,
      callHost: (count, at) => this.#callHost(count, at),
      growMemory: (bytes) => this.#grow(bytes),
    });
    const { exports } = new WebAssembly.Instance(engine.module, imports);
    this.#engine = namedExports(exports);
    this.#state = new MeteredState(exports);
    this.#state.pages = pages;
  }

  get engine(): EngineExports {
    return this.#engine;
  }

  /** A call is under way in it. */
  get isRunning(): boolean {
    return this.#calls !== undefined;
  }

  /** All that this instance is at the moment. */
  save(): EngineState {
    const { runtime, context, regionAt, memory } = this;
    const heapEnd = memory.words[heapEndAddress >> 2] ?? 0;
    const { globals } = this.#state;
    return { memory: memory.bytes.slice(0, heapEnd), globals, runtime, context, regionAt };
  }

  /**
   * Makes this instance another one: nothing of what its memory held stays, wherever it was written, nor of how its last call
   * ended. What a trap leaves behind is in memory and globals, too.
   */
  load({ memory, globals, runtime, context, regionAt }: EngineState): void {
    const { bytes } = this.memory;
    bytes.set(memory);
    bytes.fill(0, memory.length);
    this.#state.globals = globals;
    this.runtime = runtime;
    this.context = context;
    this.regionAt = regionAt;
  }

  /** Runs engine code with these calls answering and this meter running. Throws what a trap throws. */
  within<T>(calls: GuestCalls, run: () => T): T {
    const outer = this.#calls;
    this.#calls = calls;
    this.giveMeter(calls.meter);
    try {
      return run();
    } catch (thrown) {
      throw this.#isOfMissing(thrown) ? new CodeMissing() : thrown;
    } finally {
      this.takeMeter(calls.meter);
      this.#calls = outer;
    }
  }

  /** What ran out of fuel would have done so on any engine. */
  #isOfMissing(thrown: unknown): boolean {
    return (
      this.#isPartial && thrown instanceof WebAssembly.RuntimeError && Number(this.#state.fuel) >= 0
    );
  }

  giveMeter(meter: Meter): void {
    this.#state.fuel = BigInt(meter.fuel);
    this.#state.stackBytes = meter.stackBytes;
  }

  takeMeter(meter: Meter): void {
    meter.fuel = Number(this.#state.fuel);
    meter.stackBytes = this.#state.stackBytes;
  }

  #callHost(count: number, at: number): number {
    const calls = this.#calls;
    const { words } = this.memory;
    if (calls === undefined || count === 0 || words[(at >> 2) + 1] !== intTag) return 0;
    const operation = words[at >> 2] ?? 0;
    const text = count > 1 ? this.#textAt(at + jsValueBytes) : undefined;
    const answer = this.#outside(calls, () => calls.operate(this, operation, text));
    return answer === undefined ? 0 : this.newText(answer);
  }

  /** What the machine does in the middle of a call also counts when it ends the call. */
  #outside<T>({ meter }: GuestCalls, run: () => T): T {
    this.takeMeter(meter);
    try {
      return run();
    } finally {
      this.giveMeter(meter);
    }
  }

  #textAt(value: number): string | undefined {
    const at = this.#engine.getString(this.context, value);
    if (at === 0) return undefined;
    const text = this.memory.text(at);
    this.#engine.freeCString(this.context, at);
    return text;
  }

  /** A string value on the engine's heap. */
  newText(text: string): number {
    const at = this.newCString(text);
    const value = this.#engine.newString(this.context, at);
    this.#engine.free(at);
    return value;
  }

  newCString(text: string): number {
    const at = this.#engine.malloc(3 * text.length + 1);
    if (at === 0) throw new WebAssembly.RuntimeError("no memory for a text");
    this.memory.putText(at, text);
    return at;
  }

  /** What is shared with the guest: a header of words, and the bytes that it is a part of. */
  get region(): Region {
    const { regionAt } = this;
    const { bytes, words } = this.memory;
    const seen = this.#region;
    if (seen?.of === bytes && seen.at === regionAt) return seen.region;
    const region = {
      words: words.subarray(regionAt >> 2, (regionAt >> 2) + regionHeaderWords),
      bytes: bytes.subarray(regionAt, regionAt + regionBytes),
    };
    this.#region = { of: bytes, at: regionAt, region };
    return region;
  }

  #grow(bytes: number): boolean {
    const { memory } = this.memory;
    const pages = Math.ceil((bytes - memory.buffer.byteLength) / pageBytes);
    if (pages <= 0) return true;
    if (memory.buffer.byteLength / pageBytes + pages > memoryPagesMax) return false;
    const calls = this.#calls;
    if (calls !== undefined) this.#outside(calls, () => calls.onGrowth(pages));
    memory.grow(pages);
    this.#state.pages = memory.buffer.byteLength / pageBytes;
    this.hasGrown = true;
    return true;
  }
}

type Exports = Readonly<Record<string, unknown>>;

function namedExports(found: Exports): EngineExports {
  const named: Record<string, unknown> = {};
  for (const [name, short] of Object.entries(exportNames)) {
    const exported = found[short];
    if (typeof exported !== "function") throw new Error(`the engine has no function ${name}`);
    named[name] = exported;
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- the hash of the module says what its functions take
  return named as EngineExports;
}
