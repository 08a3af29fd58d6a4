import assert from "node:assert/strict";
import { test } from "node:test";

import { packText } from "@kith/protocol/texts";

import { openEngine } from "../engine/engine-module.ts";
import { imageFuelMax, sourceBytesMax } from "../limits.ts";
import { makeImage } from "./image.ts";
import { messageOf } from "./source-message.ts";
import { testSource } from "./test-source.ts";

const engine = openEngine();
const good = testSource({ run: "" });
const definition = `JSON.stringify({ name: "x", tables: [], schema: "{}" })`;

function guest(described: string): Uint8Array {
  return packText(`globalThis.kithGuest = { definition: ${described}, serves: false, run() {} };`);
}

function codeOf(source: Uint8Array): string {
  const made = makeImage(engine, source);
  if (made.ok) return "made";
  assert.notEqual(messageOf(made.error), "");
  assert.ok(made.error.fuel >= 0 && made.error.fuel <= imageFuelMax);
  return made.error.code;
}

test("the same source gives the same bytes, globals and fuel every time", () => {
  const first = makeImage(engine, good);
  // Something else in between, and an engine that was compiled a second time, change nothing.
  makeImage(engine, testSource({ other: "" }, "globalThis.x = new Array(10000).fill({});"));
  const second = makeImage({ ...engine }, good);
  assert.ok(first.ok && second.ok);
  assert.deepEqual(second.value, first.value);
});

const refused: readonly (readonly [string, string, Uint8Array])[] = [
  ["source-has-zero-bytes", "a zero byte", Uint8Array.of(0x31, 0, 0x31)],
  ["source-not-utf8", "half a character", Uint8Array.of(0x22, 0xc3, 0x22)],
  ["source-not-utf8", "half a surrogate pair", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
  ["source-throws", "an exception", packText("throw new TypeError('no')")],
  ["source-throws", "no JavaScript", packText("const = ;")],
  [
    "source-throws",
    "a thrown object that throws when it is read",
    packText("throw { get stack() { throw 1 }, toString() { throw 2 } }"),
  ],
  ["source-throws", "recursion without end", packText("(function f() { f(); })()")],
  [
    "source-throws",
    "more memory than there is",
    packText("const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))"),
  ],
  [
    "source-throws",
    "a question about a caller that there is not yet",
    packText(
      `new Int32Array(kithRegion)[1] = 0; kithHost(11); if (new Int32Array(kithRegion)[0] === -2) throw 1`,
    ),
  ],
  ["source-trapped", "an endless loop", packText("for (;;);")],
  ["source-trapped", "a host call that there is not", packText("kithHost(99)")],
  ["source-without-service", "nothing at all", new Uint8Array()],
  [
    "definition-malformed",
    "a guest without a definition",
    packText("globalThis.kithGuest = { run() {} }"),
  ],
  ["source-without-service", "a definition whose text throws", guest("{ toString() { throw 1 } }")],
  ["definition-malformed", "no JSON", guest(`"{"`)],
  ["definition-malformed", "a list", guest(`"[]"`)],
  ["definition-malformed", "nothing but nesting", guest(`"[".repeat(100000)`)],
  [
    "definition-malformed",
    "no account's name",
    guest(`JSON.stringify({ name: "No Name", tables: [], schema: "{}" })`),
  ],
  ["definition-malformed", "no schema", guest(`JSON.stringify({ name: "x", tables: [] })`)],
  [
    "definition-malformed",
    "tables that are none",
    guest(`JSON.stringify({ name: "x", tables: [{ name: 1 }], schema: "{}" })`),
  ],
  [
    "definition-malformed",
    "events that are none",
    guest(
      `JSON.stringify({ name: "x", tables: [], events: [{ name: "e", kind: "odd", indexes: [] }], schema: "{}" })`,
    ),
  ],
];

for (const [code, what, source] of refused) {
  test(`${what} is refused as ${code}`, () => {
    assert.equal(codeOf(source), code);
  });
}

test("a source may be as long as the limit, and not a byte longer", () => {
  const text = `globalThis.kithGuest = { definition: ${definition}, serves: false, run() {} }; //`;
  assert.equal(codeOf(packText(text.padEnd(sourceBytesMax, "."))), "made");
  assert.equal(codeOf(packText(text.padEnd(sourceBytesMax + 1, "."))), "source-too-long");
});

test("a source that is refused has cost what it took, up to all that it may take", () => {
  const loop = makeImage(engine, packText("for (;;);"));
  assert.ok(!loop.ok && loop.error.fuel === imageFuelMax);
  const early = makeImage(engine, packText("throw 1"));
  assert.ok(!early.ok && early.error.fuel > 0 && early.error.fuel < imageFuelMax / 10);
});

test("what has a clock, chance or threads of its own is not there", () => {
  const names = ["Atomics", "SharedArrayBuffer", "WeakRef", "FinalizationRegistry", "performance"];
  const missing = [...names, "setTimeout", "fetch", "process", "require", "WebAssembly"];
  const checks = missing.map((name) => `if (typeof ${name} !== "undefined") throw "${name}";`);
  const source = `${checks.join("")} if (Math.random || Date.now() !== 0) throw "time";`;
  const made = makeImage(
    engine,
    packText(`${source} globalThis.kithGuest = { definition: ${definition}, run() {} }`),
  );
  assert.ok(made.ok, made.ok ? "" : messageOf(made.error));
});
