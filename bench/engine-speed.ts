import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import {
  exportNames,
  heapEndAddress,
  heapStart,
  javascriptStackBytes,
  stackTop,
  type EngineExports,
} from "@kith/sandbox/engine-abi";
import { engineImports } from "@kith/sandbox/engine-imports";
import { EngineMemory } from "@kith/sandbox/engine-memory";
import { openEngine } from "@kith/sandbox/engine-module";
import { memoryPagesMax } from "@kith/sandbox/limits";
import { MeteredState } from "@kith/sandbox/metered-state";

import { speedPrograms } from "./speed-programs.ts";

const engineFile = "@jitl/quickjs-ng-wasmfile-release-sync/wasm";
const pages = 256;
const enough = 2n ** 62n;
/** Until the runtime has compiled both as well as it does; the metered engine is the larger one. */
const warmUpMs = 4000;
const sliceMs = 200;

export type EngineSpeed = {
  readonly name: string;
  readonly unmeteredMs: number;
  readonly meteredMs: number;
  /** Units for one run. */
  readonly fuel: number;
};

/** The same programs in the engine as it is published and as the pass rewrites it, in turn; the fastest of the rounds. */
export function measureEngineSpeed(rounds: number): EngineSpeed[] {
  return Object.entries(speedPrograms).map(([name, source]) => {
    const unmetered = new ProgramInEngine(publishedEngine(), source);
    const metered = new ProgramInEngine(openEngine().module, source);
    for (const each of [unmetered, metered]) each.timePerRun(warmUpMs);
    const times = Array.from({ length: rounds }, () => ({
      unmeteredMs: unmetered.timePerRun(sliceMs),
      meteredMs: metered.timePerRun(sliceMs),
    }));
    return {
      name,
      unmeteredMs: Math.min(...times.map(({ unmeteredMs }) => unmeteredMs)),
      meteredMs: Math.min(...times.map(({ meteredMs }) => meteredMs)),
      fuel: metered.fuelOfRun(),
    };
  });
}

function publishedEngine(): WebAssembly.Module {
  const path = fileURLToPath(
    import.meta.resolve(engineFile, import.meta.resolve("@kith/sandbox/engine-module")),
  );
  return new WebAssembly.Module(new Uint8Array(readFileSync(path)));
}

/** One engine, laid out as the machine does it, with a program that defines `run`. */
class ProgramInEngine {
  readonly #memory = new EngineMemory(pages, memoryPagesMax);
  readonly #engine: EngineExports;
  readonly #state: MeteredState | undefined;
  readonly #context: number;
  readonly #run: number;

  constructor(module: WebAssembly.Module, source: string) {
    const imports = engineImports({
      memory: this.#memory.memory,
      timeMicros: () => 0,
      callHost: () => 0,
      growMemory: () => false,
    });
    const { exports } = new WebAssembly.Instance(module, imports);
    this.#engine = namedExports(exports);
    this.#state = module === openEngine().module ? this.#metered(exports) : undefined;
    this.#context = this.#start();
    this.#run = this.#evaluate(source);
  }

  /** Milliseconds for one run, on the average of as many as fit. */
  timePerRun(forMs: number): number {
    const begin = performance.now();
    let runs = 0;
    let now = begin;
    while (now < begin + forMs) {
      this.call();
      runs++;
      now = performance.now();
    }
    return (now - begin) / runs;
  }

  fuelOfRun(): number {
    const before = this.#state?.fuel ?? 0n;
    this.call();
    return Number(before - (this.#state?.fuel ?? 0n));
  }

  call(): void {
    const engine = this.#engine;
    const value = engine.call(this.#context, this.#run, engine.undefinedValue(), 0, 0);
    if (engine.resolveException(this.#context, value) !== 0) throw new Error("the program throws");
    engine.freeValue(this.#context, value);
  }

  #metered(exports: Readonly<Record<string, unknown>>): MeteredState {
    const state = new MeteredState(exports);
    state.pages = pages;
    state.fuel = enough;
    state.stackBytes = 2 ** 30;
    return state;
  }

  #start(): number {
    const engine = this.#engine;
    this.#memory.words[heapEndAddress >> 2] = heapStart;
    engine.restoreStack(stackTop);
    engine.callConstructors();
    const runtime = engine.newRuntime();
    engine.setMaxStackSize(runtime, javascriptStackBytes);
    return engine.newContext(runtime, 0);
  }

  #evaluate(source: string): number {
    const engine = this.#engine;
    const text = this.#text(source);
    const value = engine.evaluate(this.#context, text, source.length, this.#text("program"), 0, 0);
    if (engine.resolveException(this.#context, value) !== 0) throw new Error("the program throws");
    return value;
  }

  #text(text: string): number {
    const at = this.#engine.malloc(3 * text.length + 1);
    this.#memory.putText(at, text);
    return at;
  }
}

function namedExports(found: Readonly<Record<string, unknown>>): EngineExports {
  const named = Object.entries(exportNames).map(([name, short]) => [name, found[short]]);
  // oxlint-disable-next-line no-unsafe-type-assertion -- the machine checks what is in these bytes
  return Object.fromEntries(named) as EngineExports;
}
