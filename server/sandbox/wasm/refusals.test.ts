import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { moduleLimits, type ModuleLimits } from "./limits.ts";
import type { MeterOptions } from "./meter-module.ts";
import { refusal } from "./test-meter.ts";
import {
  body,
  encodeModule,
  exported,
  f32,
  f64,
  funcref,
  i32,
  i64,
  importedFunction,
  mutableGlobal,
  name,
  op,
  rawModule,
  s32,
  section,
  type,
  vector,
  type Bytes,
  type TestParts,
} from "./test-module.ts";
import { code, invalidCases, malformedCases, voidType, type RefusalCase } from "./test-refusals.ts";

function limit(change: Partial<ModuleLimits>): Partial<MeterOptions> {
  return { limits: { ...moduleLimits, ...change } };
}

const empty = rawModule();
const withMemory: TestParts = { memories: [[0, 1]] };
const contract = {
  imports: [{ module: "kith", name: "host", params: ["i32"], results: ["i64"] }],
  exports: [{ name: "call", params: [], results: ["i32"] }],
} as const;
const keeps: TestParts = {
  types: [voidType, type([i32], [i64]), type([], [i32])],
  functions: [2],
  bodies: [body(op.const(1))],
  exports: [exported("call", 0, 0)],
};

const refused: readonly RefusalCase[] = [
  ["wasm-floats-refused", "a constant", code([0x43, 0, 0, 0, 0, ...op.drop]), { floats: "refuse" }],
  [
    "wasm-floats-refused",
    "an operation",
    code([...op.unreachable, 0xa0, ...op.drop]),
    { floats: "refuse" },
  ],
  [
    "wasm-floats-refused",
    "a parameter",
    encodeModule({ types: [type([f64], [])] }),
    { floats: "refuse" },
  ],
  [
    "wasm-floats-refused",
    "a local",
    encodeModule({ types: [voidType], functions: [0], bodies: [body([], [[1, f32]])] }),
    { floats: "refuse" },
  ],
  ["wasm-threads-refused", "a shared memory", encodeModule({ memories: [[3, 1, 1]] })],
  ["wasm-threads-refused", "an atomic instruction", code([0xfe, 0, 0, 0])],
  ["wasm-simd-refused", "an instruction", code([0xfd, 12])],
  ["wasm-simd-refused", "a type", encodeModule({ types: [type([0x7b], [])] })],
  ["wasm-exceptions-refused", "throw", code([0x08, 0])],
  ["wasm-exceptions-refused", "a tag section", rawModule(section(13, [0]))],
  [
    "wasm-exceptions-refused",
    "an imported tag",
    encodeModule({ imports: [[...name("a"), ...name("b"), 4, 0, 0]] }),
  ],
  ["wasm-tail-calls-refused", "return_call", code([0x12, 0])],
  ["wasm-garbage-collection-refused", "struct.new", code([0xfb, 0, 0])],
  ["wasm-garbage-collection-refused", "a type", encodeModule({ types: [[0x5f, 0]] })],
  [
    "wasm-garbage-collection-refused",
    "a reference type",
    encodeModule({ types: [type([0x6e], [])] }),
  ],
  ["wasm-memory64-refused", "a memory", encodeModule({ memories: [[4, 1]] })],
  [
    "wasm-memories-refused",
    "two",
    encodeModule({
      memories: [
        [0, 1],
        [0, 1],
      ],
    }),
  ],
  [
    "wasm-memories-refused",
    "an access with an index",
    code([...op.const(0), 0x28, 0x42, 0, 0, ...op.drop], withMemory),
  ],
  [
    "wasm-data-offset-refused",
    "from a global",
    encodeModule({
      imports: [[...name("a"), ...name("b"), 3, i32, 0]],
      ...withMemory,
      data: [[0, ...op.globalGet(0), 0x0b, 0]],
    }),
  ],
  [
    "wasm-data-out-of-bounds",
    "behind the page",
    encodeModule({ ...withMemory, data: [[0, ...op.const(65_535), 0x0b, ...vector([[1], [2]])]] }),
  ],
  [
    "wasm-data-out-of-bounds",
    "below zero",
    encodeModule({ ...withMemory, data: [[0, ...op.const(-1), 0x0b, 0]] }),
  ],
  [
    "wasm-start-refused",
    "under a contract",
    encodeModule({ ...keeps, functions: [2, 0], bodies: [body(op.const(1)), body([])], start: 1 }),
    { contract },
  ],
  [
    "wasm-import-refused",
    "another name",
    encodeModule({
      ...keeps,
      exports: [exported("call", 0, 1)],
      imports: [importedFunction("kith", "other", 1)],
    }),
    { contract },
  ],
  [
    "wasm-import-refused",
    "another type",
    encodeModule({
      ...keeps,
      exports: [exported("call", 0, 1)],
      imports: [importedFunction("kith", "host", 0)],
    }),
    { contract },
  ],
  [
    "wasm-import-refused",
    "a memory",
    encodeModule({ ...keeps, imports: [[...name("kith"), ...name("host"), 2, 0, 1]] }),
    { contract },
  ],
  [
    "wasm-export-missing",
    "no such name",
    encodeModule({ ...keeps, exports: [exported("cal", 0, 0)] }),
    { contract },
  ],
  [
    "wasm-export-missing",
    "another type",
    encodeModule({ ...keeps, types: [voidType, voidType, type([i32], [i32])] }),
    { contract },
  ],
  [
    "wasm-export-reserved",
    "our prefix",
    encodeModule({ ...withMemory, exports: [exported("kith:fuel", 2, 0)] }),
  ],
];

const nested = Array.from({ length: 11 }).reduce((inner: Bytes) => op.block(0x40, inner), []);
const tooLarge: readonly RefusalCase[] = [
  ["wasm-module-too-large", "", empty, limit({ moduleBytesMax: 7 })],
  [
    "wasm-too-many-types",
    "",
    encodeModule({ types: [voidType, voidType] }),
    limit({ typesMax: 1 }),
  ],
  [
    "wasm-too-many-params",
    "",
    encodeModule({ types: [type([i32, i32], [])] }),
    limit({ paramsMax: 1 }),
  ],
  [
    "wasm-too-many-results",
    "",
    encodeModule({ types: [type([], [i32, i32])] }),
    limit({ resultsMax: 1 }),
  ],
  [
    "wasm-too-many-imports",
    "",
    encodeModule({ types: [voidType], imports: [importedFunction("a", "b", 0)] }),
    limit({ importsMax: 0 }),
  ],
  ["wasm-too-many-functions", "in the section", code([]), limit({ functionsMax: 0 })],
  [
    "wasm-too-many-functions",
    "with imported ones",
    code([], { imports: [importedFunction("a", "b", 0)] }),
    limit({ functionsMax: 1 }),
  ],
  [
    "wasm-too-many-tables",
    "",
    encodeModule({
      tables: [
        [funcref, 0, 1],
        [funcref, 0, 1],
      ],
    }),
    limit({ tablesMax: 1 }),
  ],
  [
    "wasm-table-too-large",
    "",
    encodeModule({ tables: [[funcref, 0, 3]] }),
    limit({ tableElementsMax: 2 }),
  ],
  ["wasm-memory-too-large", "", encodeModule({ memories: [[0, 17]] })],
  [
    "wasm-too-many-globals",
    "",
    encodeModule({
      imports: [[...name("a"), ...name("b"), 3, i32, 0]],
      globals: [mutableGlobal(i32, op.const(0))],
    }),
    limit({ globalsMax: 1 }),
  ],
  [
    "wasm-too-many-exports",
    "",
    encodeModule({ ...withMemory, exports: [exported("a", 2, 0)] }),
    limit({ exportsMax: 0 }),
  ],
  [
    "wasm-name-too-long",
    "",
    encodeModule({ ...withMemory, exports: [exported("abc", 2, 0)] }),
    limit({ nameBytesMax: 2 }),
  ],
  [
    "wasm-too-many-element-segments",
    "",
    encodeModule({ elements: [[1, 0, 0]] }),
    limit({ elementSegmentsMax: 0 }),
  ],
  [
    "wasm-too-many-elements",
    "",
    code([], { elements: [[1, 0, ...vector([[0], [0]])]] }),
    limit({ elementsMax: 1 }),
  ],
  [
    "wasm-too-many-data-segments",
    "",
    encodeModule({ data: [[1, 0]] }),
    limit({ dataSegmentsMax: 0 }),
  ],
  ["wasm-body-too-large", "", code(op.block(0x40)), limit({ bodyBytesMax: 4 })],
  [
    "wasm-too-many-locals",
    "",
    encodeModule({ types: [voidType], functions: [0], bodies: [body([], [[0xffff_ffff, i32]])] }),
  ],
  [
    "wasm-branch-table-too-large",
    "",
    code([...op.const(0), ...op.branchTable(0, 0, 0)]),
    limit({ branchTableMax: 1 }),
  ],
  ["wasm-nesting-too-deep", "", code(nested), limit({ nestingMax: 10 })],
];

const cases = [...malformedCases, ...invalidCases, ...refused, ...tooLarge];

for (const [expected, about, bytes, options] of cases) {
  test(`${expected}: ${about}`, () => {
    const error = refusal(bytes, options);
    assert.equal(error?.code, expected);
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, String(error.offset));
  });
}

/** What only a host's fault could bring about. */
const hostOnly = ["wasm-host-refuses-input", "wasm-host-refuses-output"];

test("every code has a test", () => {
  const source = readFileSync(new URL("errors.ts", import.meta.url), "utf8");
  const codes = new Set([...source.matchAll(/"(wasm-[a-z0-9-]+)"/g)].map(([, found]) => found));
  const tested = new Set<string>([...cases.map(([found]) => found), ...hostOnly]);
  assert.deepEqual(
    [...codes].filter((found) => found !== undefined && !tested.has(found)),
    [],
  );
  assert.ok(codes.size > 60);
});

test("what the host refuses is refused, whichever of the two it is shown", (context) => {
  const validate = context.mock.method(WebAssembly, "validate", () => false);
  assert.equal(refusal(empty)?.code, "wasm-host-refuses-input");
  validate.mock.mockImplementation((bytes) => bytes === empty);
  assert.equal(refusal(empty)?.code, "wasm-host-refuses-output");
  validate.mock.restore();
});

test("a module that keeps to its contract is taken", () => {
  const parts = { ...keeps, exports: [exported("call", 0, 1)] };
  const bytes = encodeModule({ ...parts, imports: [importedFunction("kith", "host", 1)] });
  assert.equal(refusal(bytes, { contract }), undefined);
  assert.equal(refusal(code(nested), limit({ nestingMax: 11 })), undefined);
  assert.equal(
    refusal(
      code([...op.const(0), ...op.branchTable(0, 0, 0), ...s32(0).slice(1)]),
      limit({ branchTableMax: 2 }),
    ),
    undefined,
  );
});
