import assert from "node:assert/strict";
import { test } from "node:test";

import { MachineFault } from "@kith/protocol/service-abi";

import { openEngine } from "../engine/engine-module.ts";
import type { Engine } from "../engine/engine.ts";
import { makeImage } from "../javascript/image.ts";
import { testSource } from "../javascript/test-source.ts";
import { encodeGuest } from "../webassembly/test-guest.ts";
import { compile, makeProgram } from "../webassembly/wasm-program.ts";
import { runtimeFault } from "./runtime-fault.ts";

const engine = openEngine();
const source = testSource({ run: "" });
const asEver = makeImage(engine, source);
const module = encodeGuest();
const moduleAsEver = makeProgram(module);
const { Instance, Module, Memory } = WebAssembly;

/** Runs with one part of the runtime throwing what a runtime without memory or stack throws. */
function whileThrowing(
  part: "Instance" | "Module" | "Memory",
  thrown: Error,
  run: () => unknown,
): unknown {
  function failing(): never {
    throw thrown;
  }
  Object.defineProperty(WebAssembly, part, { value: failing, writable: true, configurable: true });
  try {
    return run();
  } finally {
    const value = { Instance, Module, Memory }[part];
    Object.defineProperty(WebAssembly, part, { value, writable: true, configurable: true });
  }
}

/** An engine that nothing has been started on. */
const anotherEngine = (): Engine => ({ ...engine });

const made: readonly (readonly [string, "Instance" | "Module" | "Memory", () => unknown])[] = [
  ["memory for an image", "Memory", () => makeImage(engine, source)],
  ["an instance for an image", "Instance", () => makeImage(engine, source)],
  ["an instance to start the engine", "Instance", () => makeImage(anotherEngine(), source)],
  ["a compiled module", "Module", () => makeProgram(module)],
  ["an instance of a module", "Instance", () => makeProgram(module)],
  ["a module from the store", "Module", () => compile(module)],
];

for (const [what, part, run] of made) {
  for (const thrown of [
    new RangeError("Out of memory"),
    new RangeError("WebAssembly.Memory(): could not allocate memory"),
    new RangeError("Maximum call stack size exceeded."),
    new WebAssembly.CompileError("too much"),
    new WebAssembly.LinkError("too much"),
  ]) {
    test(`a runtime without ${what} that says ${thrown.name} "${thrown.message}" stops the node`, () => {
      assert.throws(() => whileThrowing(part, thrown, run), MachineFault);
    });
  }
}

/** From the depth on at which nothing was wrong so many times in turn, there is stack enough. */
const goodInTurn = 24;

/** Runs at each of some depths of the runtime's own stack, from the deepest that there is, until all went well for a while. */
function nearTheEndOfStack(run: () => boolean): void {
  let good = 0;
  const dive = (): number => {
    let above = 0;
    try {
      above = dive() + 1;
    } catch {
      // The end of the stack.
      return 0;
    }
    if (above % 16 === 1 && above < 2_000 && good < goodInTurn) good = run() ? good + 1 : 0;
    return above;
  };
  dive();
}

function outcomesOf(run: () => string): ReadonlySet<string> {
  const seen = new Set<string>();
  nearTheEndOfStack(() => {
    try {
      seen.add(run());
      return true;
    } catch (thrown) {
      const isFault = runtimeFault(thrown, "a test") instanceof MachineFault;
      seen.add(isFault ? "fault" : `thrown: ${String(thrown)}`);
      return false;
    }
  });
  return seen;
}

test("however little stack the runtime has left, an image is the same or the node stops", () => {
  assert.ok(asEver.ok);
  const seen = outcomesOf(() => {
    const again = makeImage(anotherEngine(), source);
    return again.ok ? `made with ${again.value.fuel}` : again.error.code;
  });
  assert.deepEqual([...seen].toSorted(), ["fault", `made with ${asEver.value.fuel}`]);
});

test("however little stack the runtime has left, a module is the same or the node stops", () => {
  assert.ok(moduleAsEver.ok);
  const seen = outcomesOf(() => {
    const again = makeProgram(module);
    return again.ok ? `made with ${again.value.fuel}` : again.error.code;
  });
  assert.deepEqual([...seen].toSorted(), ["fault", `made with ${moduleAsEver.value.fuel}`]);
});

test("what else is thrown is no fault of the runtime", () => {
  for (const thrown of [
    new RangeError("Invalid array length"),
    new WebAssembly.RuntimeError("unreachable"),
    new TypeError("Out of memory"),
    "Out of memory",
  ]) {
    assert.equal(runtimeFault(thrown, "a test"), undefined);
  }
});
