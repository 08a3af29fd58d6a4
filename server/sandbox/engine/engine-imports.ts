import { putUtc } from "./utc.ts";

/** What an instance of the engine is given from outside: nothing but memory, a clock and the host's answers. */
export type EngineSurroundings = {
  readonly memory: WebAssembly.Memory;
  /** The only time that there is, in microseconds since the Unix epoch. */
  readonly timeMicros: () => number;
  /** `kithHost(operation, text?)`: arguments are an array of JSValues. Gives a JSValue on the heap, or 0. */
  readonly callHost: (argumentCount: number, argumentsAt: number) => number;
  /** Makes room for this many bytes of memory in all. */
  readonly growMemory: (bytes: number) => boolean;
};

const notSupported = 52;
const notPermitted = 70;

/**
 * The engine's imports under their shortened names (module `a`). Time zone and environment are fixed, output goes
 * nowhere, and there are no files: whatever differs between two machines is not there.
 */
export function engineImports(
  given: EngineSurroundings,
): Record<string, Record<string, WebAssembly.Memory | ((...given: never[]) => unknown)>> {
  const { memory, timeMicros, callHost, growMemory } = given;
  const words = (): Int32Array => new Int32Array(memory.buffer);
  return {
    a: {
      a: memory,
      b: fail("failed an assertion"),
      r: fail("aborted"),
      s: fail("exited"),
      l: () => undefined,
      j: () => 0,
      p: () => Math.floor(timeMicros() / 1000),
      q: (_clock: number, _precision: bigint, at: number) => {
        new DataView(memory.buffer).setBigInt64(at, BigInt(timeMicros()) * 1000n, true);
        return 0;
      },
      m: (seconds: bigint, at: number) => putUtc(words(), at >> 2, Number(seconds)),
      n: (offsetAt: number, summerAt: number, nameAt: number, summerNameAt: number) => {
        const view = words();
        view[offsetAt >> 2] = 0;
        view[summerAt >> 2] = 0;
        const bytes = new Uint8Array(memory.buffer);
        bytes.set(utcName, nameAt);
        bytes.set(utcName, summerNameAt);
      },
      e: () => 0,
      f: (countAt: number, sizeAt: number) => {
        const view = words();
        view[countAt >> 2] = 0;
        view[sizeAt >> 2] = 0;
        return 0;
      },
      c: (_file: number, partsAt: number, partCount: number, writtenAt: number) => {
        const view = words();
        let written = 0;
        for (let i = 0; i < partCount; i++) written += view[(partsAt >> 2) + 2 * i + 1] ?? 0;
        view[writtenAt >> 2] = written;
        return 0;
      },
      d: () => notSupported,
      o: () => notPermitted,
      k: (bytes: number) => (growMemory(bytes >>> 0) ? 1 : 0),
      t: (_context: number, _self: number, count: number, at: number) => callHost(count, at),
      i: () => 0,
      h: () => 0,
      g: () => 0,
      u: () => undefined,
    },
  };
}

function fail(what: string): () => never {
  return () => {
    throw new WebAssembly.RuntimeError(`the script engine ${what}`);
  };
}

const utcName = Uint8Array.from([0x55, 0x54, 0x43, 0]);
