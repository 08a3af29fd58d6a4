import type { RefusedCode } from "./errors.ts";
import { f32Type, f64Type, i32Type, i64Type, isFloat } from "./value-types.ts";

/** Opcodes that the pass names (section 5.4). The others are described by `simple`. */
export const opcodes = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  branchTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  referenceNull: 0xd0,
  referenceIsNull: 0xd1,
  referenceFunction: 0xd2,
  prefixed: 0xfc,
} as const;

/** Behind `opcodes.prefixed`. */
export const prefixedOpcodes = {
  memoryInit: 8,
  dataDrop: 9,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  elementDrop: 13,
  tableCopy: 14,
  tableGrow: 15,
  tableSize: 16,
  tableFill: 17,
} as const;

/** An instruction of at most two operands and one result, whose only immediate may be that of a memory access. */
export type Simple = {
  /** Zero where there is no operand; `top` is the one on top of the stack. */
  readonly below: number;
  readonly top: number;
  readonly result: number;
  /** The exponent of its natural alignment, for a memory access. */
  readonly alignment: number | undefined;
  readonly hasFloat: boolean;
  /** The bits of a NaN that comes out are up to the host (section 4.3.3, "NaN propagation"). */
  readonly makesNan: boolean;
};

const typeOfLetter: Readonly<Record<string, number>> = {
  i: i32Type,
  l: i64Type,
  f: f32Type,
  d: f64Type,
};

/** First and last opcode, operands and result. Section 5.4.6 and 5.4.7, in the order of the opcodes. */
const rows: readonly (readonly [number, number, string, string])[] = [
  [0x45, 0x45, "i", "i"],
  [0x46, 0x4f, "ii", "i"],
  [0x50, 0x50, "l", "i"],
  [0x51, 0x5a, "ll", "i"],
  [0x5b, 0x60, "ff", "i"],
  [0x61, 0x66, "dd", "i"],
  [0x67, 0x69, "i", "i"],
  [0x6a, 0x78, "ii", "i"],
  [0x79, 0x7b, "l", "l"],
  [0x7c, 0x8a, "ll", "l"],
  [0x8b, 0x91, "f", "f"],
  [0x92, 0x98, "ff", "f"],
  [0x99, 0x9f, "d", "d"],
  [0xa0, 0xa6, "dd", "d"],
  [0xa7, 0xa7, "l", "i"],
  [0xa8, 0xa9, "f", "i"],
  [0xaa, 0xab, "d", "i"],
  [0xac, 0xad, "i", "l"],
  [0xae, 0xaf, "f", "l"],
  [0xb0, 0xb1, "d", "l"],
  [0xb2, 0xb3, "i", "f"],
  [0xb4, 0xb5, "l", "f"],
  [0xb6, 0xb6, "d", "f"],
  [0xb7, 0xb8, "i", "d"],
  [0xb9, 0xba, "l", "d"],
  [0xbb, 0xbb, "f", "d"],
  [0xbc, 0xbc, "f", "i"],
  [0xbd, 0xbd, "d", "l"],
  [0xbe, 0xbe, "i", "f"],
  [0xbf, 0xbf, "l", "d"],
  [0xc0, 0xc1, "i", "i"],
  [0xc2, 0xc4, "l", "l"],
];

/** From i32.load to i64.store32: operands, result, exponent of the natural alignment. */
const memoryRows: readonly (readonly [string, string, number])[] = [
  ["i", "i", 2],
  ["i", "l", 3],
  ["i", "f", 2],
  ["i", "d", 3],
  ["i", "i", 0],
  ["i", "i", 0],
  ["i", "i", 1],
  ["i", "i", 1],
  ["i", "l", 0],
  ["i", "l", 0],
  ["i", "l", 1],
  ["i", "l", 1],
  ["i", "l", 2],
  ["i", "l", 2],
  ["ii", "", 2],
  ["il", "", 3],
  ["if", "", 2],
  ["id", "", 3],
  ["ii", "", 0],
  ["ii", "", 1],
  ["il", "", 0],
  ["il", "", 1],
  ["il", "", 2],
];

/** The saturating conversions, behind `opcodes.prefixed`. */
const saturatingRows = ["fi", "fi", "di", "di", "fl", "fl", "dl", "dl"] as const;

/** Square root, rounding and arithmetic; not absolute value, negation and copied signs, whose bits are defined. */
function opcodeMakesNan(opcode: number): boolean {
  if (opcode >= 0x8d && opcode <= 0x97) return true;
  if (opcode >= 0x9b && opcode <= 0xa5) return true;
  return opcode === 0xb6 || opcode === 0xbb;
}

function simple(operands: string, result: string, opcode: number): Simple {
  const types = Array.from(operands, (letter) => typeOfLetter[letter] ?? 0);
  const resultType = typeOfLetter[result] ?? 0;
  return {
    below: types.length > 1 ? (types[0] ?? 0) : 0,
    top: types.at(-1) ?? 0,
    result: resultType,
    alignment: undefined,
    hasFloat: [...types, resultType].some(isFloat),
    makesNan: opcodeMakesNan(opcode),
  };
}

function tableOfSimple(): readonly (Simple | undefined)[] {
  const table = Array.from({ length: 256 }, (): Simple | undefined => undefined);
  for (const [first, last, operands, result] of rows) {
    for (let opcode = first; opcode <= last; opcode++) {
      table[opcode] = simple(operands, result, opcode);
    }
  }
  for (const [index, [operands, result, alignment]] of memoryRows.entries()) {
    table[0x28 + index] = { ...simple(operands, result, 0x28 + index), alignment };
  }
  return table;
}

export const simpleInstructions: readonly (Simple | undefined)[] = tableOfSimple();

export const saturatingConversions: readonly Simple[] = saturatingRows.map((row) =>
  simple(row.slice(0, 1), row.slice(1), 0),
);

/** Instructions of proposals, by what they belong to: exceptions (both forms), tail calls, references, and prefixes. */
const refusedOpcodes: readonly (readonly [readonly number[], RefusedCode])[] = [
  [[0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f], "wasm-exceptions-refused"],
  [[0x12, 0x13, 0x15], "wasm-tail-calls-refused"],
  [[0x14, 0xd3, 0xd4, 0xd5, 0xd6, 0xfb], "wasm-garbage-collection-refused"],
  [[0xfd], "wasm-simd-refused"],
  [[0xfe], "wasm-threads-refused"],
];

export function refusalOf(opcode: number): RefusedCode | undefined {
  return refusedOpcodes.find(([opcodesOfCode]) => opcodesOfCode.includes(opcode))?.[1];
}
