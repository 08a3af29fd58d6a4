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
  u32,
  vector,
  vectorSection,
  type Bytes,
  type TestParts,
} from "./test-module.ts";

type Case = readonly [
  code: string,
  about: string,
  bytes: Uint8Array<ArrayBuffer>,
  options?: Partial<MeterOptions>,
];

const voidType = type([], []);

/** A module of one function without parameters and results. */
function code(bytes: Bytes, more: TestParts = {}): Uint8Array<ArrayBuffer> {
  return encodeModule({ types: [voidType], functions: [0], bodies: [body(bytes)], ...more });
}

function limit(change: Partial<ModuleLimits>): Partial<MeterOptions> {
  return { limits: { ...moduleLimits, ...change } };
}

const empty = rawModule();
const withMemory: TestParts = { memories: [[0, 1]] };
const withTable: TestParts = { tables: [[funcref, 0, 1]] };
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

const malformed: readonly Case[] = [
  ["wasm-unexpected-end", "nothing", new Uint8Array(0)],
  ["wasm-unexpected-end", "half a constant", code([0x44, 0, 0])],
  ["wasm-bad-header", "another magic", Uint8Array.of(1, 2, 3, 4, 1, 0, 0, 0)],
  ["wasm-bad-header", "another version", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
  ["wasm-integer-too-long", "six bytes of u32", rawModule([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0])],
  ["wasm-integer-too-long", "a u32 of 33 bits", rawModule([1, 0xff, 0xff, 0xff, 0xff, 0x1f])],
  [
    "wasm-integer-too-long",
    "an i32 that is not sign-extended",
    code([0x41, 0x80, 0x80, 0x80, 0x80, 0x10]),
  ],
  ["wasm-integer-too-long", "an i32 of six bytes", code([0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0])],
  [
    "wasm-integer-too-long",
    "an i64 that is not sign-extended",
    code([0x42, ...Array.from({ length: 9 }, () => 0x80), 2]),
  ],
  [
    "wasm-integer-too-long",
    "an i64 of eleven bytes",
    code([0x42, ...Array.from({ length: 10 }, () => 0x80), 0]),
  ],
  ["wasm-count-exceeds-bytes", "types that are not there", rawModule(section(1, u32(900)))],
  [
    "wasm-count-exceeds-bytes",
    "targets that are not there",
    code([...op.const(0), 0x0e, ...u32(200)]),
  ],
  ["wasm-name-not-utf8", "a surrogate", encodeModule({ exports: [[3, 0xed, 0xa0, 0x80, 0, 0]] })],
  ["wasm-unknown-section", "section 14", rawModule(section(14, []))],
  [
    "wasm-section-order",
    "imports before types",
    rawModule(vectorSection(2, []), vectorSection(1, [])),
  ],
  ["wasm-section-order", "types twice", rawModule(vectorSection(1, []), vectorSection(1, []))],
  ["wasm-section-size", "more than the module", rawModule([1, 100, 0])],
  ["wasm-section-size", "a byte too many", rawModule(section(1, [0, 0]))],
  ["wasm-unknown-type-form", "form 0", encodeModule({ types: [[0, 0, 0]] })],
  ["wasm-unknown-value-type", "type 1", encodeModule({ types: [type([1], [])] })],
  ["wasm-unknown-value-type", "a table of numbers", encodeModule({ tables: [[i32, 0, 1]] })],
  [
    "wasm-unknown-kind",
    "import of kind 9",
    encodeModule({ imports: [[...name("a"), ...name("b"), 9, 0]] }),
  ],
  ["wasm-unknown-kind", "elements of kind 1", encodeModule({ elements: [[1, 1, 0]] })],
  ["wasm-bad-limits", "flags 8", encodeModule({ memories: [[8, 1]] })],
  ["wasm-bad-limits", "a maximum below the minimum", encodeModule({ memories: [[1, 2, 1]] })],
  [
    "wasm-bad-limits",
    "more pages than there are addresses",
    encodeModule({ memories: [[1, 1, ...u32(65_537)]] }),
  ],
  [
    "wasm-bad-mutability",
    "mutability 2",
    encodeModule({ globals: [[i32, 2, ...op.const(0), 0x0b]] }),
  ],
  [
    "wasm-bad-constant-expression",
    "a sum",
    encodeModule({ globals: [mutableGlobal(i32, [...op.const(0), ...op.const(1), 0x6a])] }),
  ],
  [
    "wasm-bad-constant-expression",
    "a local",
    encodeModule({ globals: [mutableGlobal(i32, op.get(0))] }),
  ],
  ["wasm-unknown-segment-form", "elements of form 8", encodeModule({ elements: [[8, 0]] })],
  ["wasm-unknown-segment-form", "data of form 3", encodeModule({ ...withMemory, data: [[3, 0]] })],
  [
    "wasm-function-count-mismatch",
    "a function without code",
    encodeModule({ types: [voidType], functions: [0] }),
  ],
  ["wasm-function-count-mismatch", "code without a function", encodeModule({ bodies: [body([])] })],
  [
    "wasm-data-count-mismatch",
    "one announced and none there",
    encodeModule({ ...withMemory, dataCount: 1 }),
  ],
  ["wasm-data-count-missing", "data.drop without a count", code([0xfc, 9, 0])],
  [
    "wasm-body-size",
    "more than the section",
    encodeModule({ types: [voidType], functions: [0], bodies: [[9, 0, 0x0b]] }),
  ],
  [
    "wasm-body-size",
    "instructions behind the end",
    encodeModule({ types: [voidType], functions: [0], bodies: [[3, 0, 0x0b, 0x0b]] }),
  ],
  ["wasm-else-without-if", "an else of a block", code(op.block(0x40, [0x05]))],
  ["wasm-unknown-instruction", "0x27", code([0x27])],
  ["wasm-unknown-instruction", "0xfc 18", code([0xfc, 18])],
  ["wasm-reserved-byte", "memory.size of memory 1", code([0x3f, 1, ...op.drop], withMemory)],
];

const invalid: readonly Case[] = [
  ["wasm-unknown-type", "of a function", encodeModule({ types: [voidType], functions: [1] })],
  ["wasm-unknown-type", "of a block", code([0x02, 9, 0x0b])],
  [
    "wasm-unknown-type",
    "of an indirect call",
    code([...op.const(0), ...op.callIndirect(7)], withTable),
  ],
  ["wasm-unknown-function", "call", code(op.call(3))],
  ["wasm-unknown-function", "export", encodeModule({ exports: [exported("a", 0, 0)] })],
  ["wasm-unknown-function", "elements", encodeModule({ elements: [[1, 0, ...vector([[4]])]] })],
  ["wasm-unknown-function", "start", encodeModule({ start: 0 })],
  ["wasm-unknown-table", "table.get", code([...op.const(0), 0x25, 0, ...op.drop])],
  ["wasm-unknown-table", "elements", encodeModule({ elements: [[0, ...op.const(0), 0x0b, 0]] })],
  ["wasm-unknown-memory", "load", code([...op.const(0), ...op.i32Load, ...op.drop])],
  ["wasm-unknown-memory", "data", encodeModule({ data: [[0, ...op.const(0), 0x0b, 0]] })],
  ["wasm-unknown-global", "get", code([...op.globalGet(0), ...op.drop])],
  [
    "wasm-unknown-global",
    "an initial value from a global of the module",
    encodeModule({
      globals: [[i32, 0, ...op.const(1), 0x0b], mutableGlobal(i32, op.globalGet(0))],
    }),
  ],
  ["wasm-unknown-local", "get", code([...op.get(0), ...op.drop])],
  ["wasm-unknown-label", "branch", code(op.branch(1))],
  ["wasm-unknown-element-segment", "elem.drop", code([0xfc, 13, 0])],
  ["wasm-unknown-data-segment", "data.drop", code([0xfc, 9, 0], { ...withMemory, dataCount: 0 })],
  ["wasm-type-mismatch", "an operand too few", code([0x6a])],
  ["wasm-type-mismatch", "an operand too many", code(op.const(1))],
  [
    "wasm-type-mismatch",
    "an operand of another type",
    code([...op.const(1), ...op.const64(1n), 0x6a, ...op.drop]),
  ],
  [
    "wasm-type-mismatch",
    "an if without else that yields",
    code([...op.const(1), ...op.if(i32, op.const(1)), ...op.drop]),
  ],
  [
    "wasm-type-mismatch",
    "select of references without a type",
    code([0xd0, funcref, 0xd0, funcref, ...op.const(0), ...op.select, ...op.drop]),
  ],
  [
    "wasm-type-mismatch",
    "behind a br_if its label's types hold",
    code(
      op.block(
        i64,
        op.unreachable,
        op.branchIf(0),
        [0xa7, ...op.drop, ...op.const64(1n)].concat([0x45, ...op.drop, ...op.const64(1n)]),
      ),
    ),
  ],
  [
    "wasm-type-mismatch",
    "branch table of labels with other counts",
    code([...op.block(i32, op.const(1), op.const(0), op.branchTable(0, 1)), ...op.drop]),
  ],
  [
    "wasm-type-mismatch",
    "an initial value of another type",
    encodeModule({ globals: [mutableGlobal(i64, op.const(1))] }),
  ],
  [
    "wasm-global-immutable",
    "set",
    code([...op.const(1), ...op.globalSet(0)], { globals: [[i32, 0, ...op.const(1), 0x0b]] }),
  ],
  [
    "wasm-alignment-too-large",
    "i32.load of 8",
    code([...op.const(0), 0x28, 3, 0, ...op.drop], withMemory),
  ],
  ["wasm-function-not-declared", "ref.func", code([0xd2, 0, ...op.drop])],
  [
    "wasm-export-twice",
    "a name",
    encodeModule({ memories: [[0, 1]], exports: [exported("a", 2, 0), exported("a", 2, 0)] }),
  ],
  [
    "wasm-bad-start-function",
    "with a parameter",
    encodeModule({ types: [type([i32], [])], functions: [0], start: 0, bodies: [body([])] }),
  ],
];

const refused: readonly Case[] = [
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
const tooLarge: readonly Case[] = [
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

const cases = [...malformed, ...invalid, ...refused, ...tooLarge];

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
