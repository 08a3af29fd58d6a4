import type { MeterOptions } from "./meter-module.ts";
import {
  body,
  encodeModule,
  exported,
  funcref,
  i32,
  i64,
  mutableGlobal,
  name,
  op,
  rawModule,
  section,
  type,
  u32,
  vector,
  vectorSection,
  type Bytes,
  type TestParts,
} from "./test-module.ts";

/** A code, and a module that is refused with it. */
export type RefusalCase = readonly [
  code: string,
  about: string,
  bytes: Uint8Array<ArrayBuffer>,
  options?: Partial<MeterOptions>,
];

export const voidType = type([], []);

/** A module of one function without parameters and results. */
export function code(bytes: Bytes, more: TestParts = {}): Uint8Array<ArrayBuffer> {
  return encodeModule({ types: [voidType], functions: [0], bodies: [body(bytes)], ...more });
}

const withMemory: TestParts = { memories: [[0, 1]] };
const withTable: TestParts = { tables: [[funcref, 0, 1]] };

export const malformedCases: readonly RefusalCase[] = [
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

export const invalidCases: readonly RefusalCase[] = [
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
    "in code that is never reached",
    code([...op.unreachable, ...op.const(1), 0x97, ...op.drop]),
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
