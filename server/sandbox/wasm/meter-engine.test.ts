import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { memoryExport } from "./meter-module.ts";
import { functionOf, metered, run, testOptions, type Running } from "./test-meter.ts";

const engineFile = "@jitl/quickjs-ng-wasmfile-release-sync/wasm";
const engine = new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(engineFile))));
const pages = 512;
const module = metered(engine, { pagesMax: pages, initialFuel: 10_000_000n });

/** The engine's imports, which none of these programs needs, and the few exports that they do. */
function openEngine(): Running {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const names = WebAssembly.Module.imports(new WebAssembly.Module(engine))
    .filter(({ kind }) => kind === "function")
    .map((described): [string, () => number] => [described.name, () => 0]);
  return run(module, { a: { ...Object.fromEntries(names), a: memory } });
}

/** Runs a program; returns its value as a number, and the fuel that it took. */
function evaluate(source: string): { readonly value: unknown; readonly fuel: bigint } {
  const { exports, state, memory } = openEngine();
  state.fuel = 10_000_000_000n;
  const engineCall = (name: string, ...values: readonly unknown[]): number =>
    Number(functionOf(exports[name])(...values));
  const runtime = engineCall("L");
  const context = engineCall("O", runtime, 0);
  const text = new TextEncoder().encode(`${source}\0`);
  const at = engineCall("w", text.length);
  memory().set(text, at);
  const before = state.fuel;
  const value = engineCall("qa", context, at, text.length - 1, at + text.length - 1, 0, 0);
  const fuel = before - state.fuel;
  return { value: functionOf(exports["_"])(context, value), fuel };
}

test("the script engine passes, within limits, and its parts of state are known", () => {
  const { facts, bytes } = module;
  assert.deepEqual(facts.memory, { initialPages: 256, maximumPages: pages, imported: true });
  assert.equal(facts.hasHiddenState, false);
  assert.ok(facts.countedFunctions < facts.functions / 4);
  assert.ok(facts.uncountedStackBytes <= 1024);
  assert.ok(bytes.length < 1.4 * engine.length);
  const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  assert.ok(names.includes(memoryExport));
  assert.deepEqual(
    names.filter((name) => name.includes("global")),
    ["kith:get:global:0", "kith:set:global:0"],
  );
});

test("the pass is a function of its input", () => {
  const again = metered(engine, { pagesMax: pages, initialFuel: 10_000_000n });
  assert.deepEqual(again, module);
});

const programs: readonly (readonly [string, number])[] = [
  ["(function f(n){return n<2?n:f(n-1)+f(n-2)})(15)", 610],
  ["let s=0;for(let i=0;i<5000;i++)s=(s+i*i)|0;s", -1_295_505_460],
  ["JSON.parse(JSON.stringify({a:[1,2,{b:3.5}]})).a[2].b", 3.5],
  ["(7n**300n%1000007n)===(7n**150n*7n**150n%1000007n)?1:0", 1],
  ["'the quick brown fox'.replace(/(\\w+) (\\w+)/g,'$2 $1').length", 19],
];

for (const [source, expected] of programs) {
  test(`the metered engine gives what it should for the same fuel each time: ${source}`, () => {
    const [first, second] = [evaluate(source), evaluate(source)];
    assert.equal(first.value, expected);
    assert.deepEqual(second, first);
    assert.ok(first.fuel > 10_000n);
  });
}

test("an endless program and one endless builtin stop at their fuel", () => {
  for (const source of ["for(;;);", "'a'.repeat(200000).indexOf('a'.repeat(100000)+'b')"]) {
    const { exports, state, memory } = openEngine();
    state.fuel = 1_000_000_000n;
    const call = (name: string, ...values: readonly unknown[]): number =>
      Number(functionOf(exports[name])(...values));
    const context = call("O", call("L"), 0);
    const text = new TextEncoder().encode(`${source}\0`);
    const at = call("w", text.length);
    memory().set(text, at);
    state.fuel = 100_000_000n;
    assert.throws(
      () => call("qa", context, at, text.length - 1, at + text.length - 1, 0, 0),
      WebAssembly.RuntimeError,
    );
    assert.ok(state.fuel < 0n, source);
  }
});

test("the script engine is rewritten quickly enough for the start of a node", () => {
  const started = performance.now();
  metered(engine, { ...testOptions, pagesMax: pages });
  // Ten times what it takes on a machine with nothing else to do.
  assert.ok(performance.now() - started < 1500);
});
