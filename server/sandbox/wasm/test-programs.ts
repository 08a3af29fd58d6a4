import { nextBelow, type RandomState } from "@kith/protocol/random";

import {
  body,
  encodeModule,
  exported,
  f32,
  f64,
  funcref,
  i32,
  i64,
  mutableGlobal,
  op,
  s32,
  type,
  u32,
  vector,
  type Bytes,
} from "./test-module.ts";

/** What random programs have beside their code: globals of each type, a page of memory, a table of all functions. */
const valueTypes = [i32, i64, f32, f64] as const;
type ValueByte = (typeof valueTypes)[number];
/** More than any piece of straight code has. */
export const pieceInstructionsMax = 250;
const executedGlobal = valueTypes.length;
const localsPerType = 2;
const functionCount = 5;
/** All functions take two i32 and an i64, and the first two return one value, the others two. */
const params: Bytes = [i32, i32, i64];

/**
 * Random valid modules. `f0` to `f4` are exported, and `executed` counts the instructions that were run: each straight
 * piece of code adds its length before it starts.
 * With `seesBits` they look at the bits of floats, where a host may do with a NaN as it likes.
 */
export function randomModule(random: RandomState, seesBits: boolean): Uint8Array<ArrayBuffer> {
  const results = Array.from({ length: functionCount }, (_, index) =>
    Array.from({ length: index < 2 ? 1 : 2 }, () => pick(random, [i32, i64, f64] as const)),
  );
  const program: Program = { random, results, seesBits };
  return encodeModule({
    types: [...results.map((of) => type(params, of)), type([i32], [i32, i64])],
    functions: results.map((_, index) => index),
    tables: [[funcref, 1, functionCount, functionCount]],
    memories: [[1, 1, 1]],
    globals: [
      mutableGlobal(i32, op.const(1)),
      mutableGlobal(i64, op.const64(2n)),
      mutableGlobal(f32, [0x43, 0, 0, 0x80, 0x3f]),
      mutableGlobal(f64, [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
      mutableGlobal(i64, op.const64(0n)),
    ],
    exports: [
      ...results.map((_, index) => exported(`f${index}`, 0, index)),
      exported("executed", 3, executedGlobal),
      exported("memory", 2, 0),
    ],
    elements: [[0, ...op.const(0), 0x0b, ...vector(results.map((_, index) => u32(index)))]],
    bodies: results.map((_, index) => functionBody(program, index)),
    data: [[0, ...op.const(8), 0x0b, ...vector([[1], [2], [250], [4]])]],
  });
}

type Program = {
  readonly seesBits: boolean;
  readonly random: RandomState;
  readonly results: readonly (readonly ValueByte[])[];
};

type Place = {
  readonly program: Program;
  readonly self: number;
  /** Which labels may be left to, innermost first: loops are entered a bounded number of times only. */
  readonly labels: readonly Label[];
  readonly depth: number;
};

type Label = { readonly isLoop: boolean; readonly results: readonly ValueByte[] };

const fuelLocal = params.length + localsPerType * valueTypes.length;

function functionBody(program: Program, self: number): Bytes {
  const results = program.results[self] ?? [];
  const place: Place = { program, self, labels: [{ isLoop: false, results }], depth: 0 };
  const code = [
    // Each function may go round and call a limited number of times, which it gets from its second parameter.
    ...piece([...op.get(1), ...op.const(15), 0x71, ...op.set(fuelLocal)], 4),
    ...statements(place),
    ...results.flatMap((of) => counted(place, of)),
  ];
  const locals = valueTypes.map((of) => [localsPerType, of] as const);
  return body(code, [...locals, [1, i32]]);
}

/** Code without branches, behind the counting of its instructions and of those that count. */
function piece(code: Bytes, instructions: number): Bytes {
  const count = BigInt(instructions + 4);
  return [
    ...op.globalGet(executedGlobal),
    ...op.const64(count),
    ...op.i64Add,
    ...op.globalSet(executedGlobal),
    ...code,
  ];
}

function counted(place: Place, of: ValueByte): Bytes {
  const { code, count } = expression(place, of, 3);
  return piece(code, count);
}

function statements(place: Place): Bytes {
  const { random } = place.program;
  const count = place.depth > 3 ? 1 : 1 + nextBelow(random, 4);
  return Array.from({ length: count }, () => statement(place)).flat();
}

function statement(place: Place): Bytes {
  const { random } = place.program;
  const isDeep = place.depth > 3;
  switch (nextBelow(random, isDeep ? 5 : 12)) {
    case 0:
    case 1:
      return assignment(place);
    case 2:
      return store(place);
    case 3:
      return branch(place);
    case 4:
      return straight(place);
    case 5:
    case 6:
      return block(place);
    case 7:
    case 8:
      return conditional(place);
    case 9:
      return loop(place);
    case 10:
      return branchTable(place);
    default:
      return call(place);
  }
}

function assignment(place: Place): Bytes {
  const { random } = place.program;
  const of = pick(random, valueTypes);
  const { code, count } = expression(place, of, 3);
  const index = valueTypes.indexOf(of);
  const target =
    nextBelow(random, 3) === 0
      ? op.globalSet(index)
      : op.set(params.length + localsPerType * index + nextBelow(random, localsPerType));
  return piece([...code, ...target], count + 1);
}

/** To the start of memory, where the address is always within; sometimes far out of it. */
function store(place: Place): Bytes {
  const { random } = place.program;
  const value = expression(place, i32, 2);
  const address = expression(place, i32, 1);
  const mask = nextBelow(random, 40) === 0 ? 0x1f_ffff : 0xfff;
  return piece(
    [...address.code, ...op.const(mask), 0x71, ...value.code, ...op.i32Store],
    address.count + value.count + 3,
  );
}

function straight(place: Place): Bytes {
  const pairs = nextBelow(place.program.random, 90);
  const code = Array.from({ length: pairs }, () => [...op.const(1), ...op.drop]).flat();
  return piece(code, 2 * pairs);
}

/** To a label that needs no going round; its operands are left behind for a br_if. */
function branch(place: Place): Bytes {
  const { random } = place.program;
  const depth = nextBelow(random, place.labels.length);
  const label = place.labels[depth];
  if (label === undefined || label.isLoop) return [];
  const operands = label.results.flatMap((of) => counted(place, of));
  if (nextBelow(random, 4) === 0 && depth === place.labels.length - 1) {
    return guarded(place, [...operands, ...piece(op.return, 1)]);
  }
  const condition = counted(place, i32);
  return [
    ...operands,
    ...condition,
    ...piece([], 1),
    ...op.branchIf(depth),
    ...label.results.flatMap(() => piece(op.drop, 1)),
  ];
}

/** Code in an arm of its own, so that what follows it is reached at times. */
function guarded(place: Place, code: Bytes): Bytes {
  return [...counted(place, i32), ...piece([], 1), ...op.if(0x40, code)];
}

function block(place: Place): Bytes {
  const of = pick(place.program.random, valueTypes);
  const inner = {
    ...place,
    depth: place.depth + 1,
    labels: [{ isLoop: false, results: [of] }, ...place.labels],
  };
  return [
    ...op.block(of, statements(inner), counted(inner, of)),
    ...piece(op.set(params.length + localsPerType * valueTypes.indexOf(of)), 1),
  ];
}

function conditional(place: Place): Bytes {
  const { random } = place.program;
  const inner = {
    ...place,
    depth: place.depth + 1,
    labels: [{ isLoop: false, results: [] }, ...place.labels],
  };
  const arms = [
    statements(inner),
    ...(nextBelow(random, 2) === 0 ? [[0x05], statements(inner)] : []),
  ];
  return [...counted(place, i32), ...piece([], 1), ...op.if(0x40, ...arms)];
}

/** Goes round while there is something left in the function's own allowance. */
function loop(place: Place): Bytes {
  const inner = {
    ...place,
    depth: place.depth + 1,
    labels: [{ isLoop: true, results: [] }, ...place.labels],
  };
  const again = [
    ...op.get(fuelLocal),
    ...op.const(1),
    ...op.i32Sub,
    ...op.tee(fuelLocal),
    ...op.const(0),
    0x4a,
  ];
  return op.loop(0x40, statements(inner), piece([...again, ...op.branchIf(0)], 7));
}

function branchTable(place: Place): Bytes {
  const { random } = place.program;
  const arms = 1 + nextBelow(random, 3);
  const depths = Array.from({ length: 2 + nextBelow(random, 4) }, () =>
    nextBelow(random, arms + 1),
  );
  const selector = counted(place, i32);
  let code = op.block(0x40, selector, piece([], 1), op.branchTable(...depths));
  for (let arm = 0; arm < arms; arm++) {
    const labels = Array.from({ length: arms - arm }, () => ({ isLoop: false, results: [] }));
    const inner = { ...place, depth: place.depth + 2, labels: [...labels, ...place.labels] };
    code = op.block(0x40, code, statements(inner));
  }
  return code;
}

/** Directly or through the table; a function only calls while its allowance lasts, which it passes on smaller. */
function call(place: Place): Bytes {
  const { random, results } = place.program;
  const callee = nextBelow(random, results.length);
  const first = expression(place, i32, 1);
  const last = expression(place, i64, 1);
  const passed: Bytes = [...op.get(1), ...op.const(15), 0x71, ...op.const(1), 0x76];
  const isDirect = nextBelow(random, 2) === 0;
  const target = isDirect ? op.call(callee) : [...op.const(callee), ...op.callIndirect(callee)];
  const drops = results[callee]?.flatMap(() => op.drop) ?? [];
  const count = first.count + last.count + 5 + (isDirect ? 1 : 2);
  const code = [...first.code, ...passed, ...last.code, ...target];
  const enough = [...op.get(1), ...op.const(15), 0x71];
  return [
    ...piece(enough, 4),
    ...op.if(0x40, piece(code, count), drops.length === 0 ? [] : piece(drops, drops.length)),
  ];
}

type Expression = { readonly code: Bytes; readonly count: number };

function expression(place: Place, of: ValueByte, depth: number): Expression {
  const { random, seesBits } = place.program;
  if (depth === 0 || nextBelow(random, 4) === 0) return leaf(place, of);
  const chosen = pick(random, operations[of]);
  const found = chosen.seesBits && !seesBits ? (operations[of][0] ?? chosen) : chosen;
  const operands = found.operands.map((operand) => expression(place, operand, depth - 1));
  return {
    code: [...operands.flatMap(({ code }) => code), ...found.code],
    count: operands.reduce((sum, { count }) => sum + count, found.count),
  };
}

function leaf(place: Place, of: ValueByte): Expression {
  const { random } = place.program;
  const index = valueTypes.indexOf(of);
  switch (nextBelow(random, 3)) {
    case 0:
      return { code: op.globalGet(index), count: 1 };
    case 1:
      return { code: constant(random, of), count: 1 };
    default:
      if (of === i32 && nextBelow(random, 2) === 0)
        return { code: op.get(nextBelow(random, 2)), count: 1 };
      return {
        code: op.get(params.length + localsPerType * index + nextBelow(random, localsPerType)),
        count: 1,
      };
  }
}

function constant(random: RandomState, of: ValueByte): Bytes {
  const small = nextBelow(random, 7) - 3;
  const bytes = Array.from({ length: 8 }, () => nextBelow(random, 256));
  switch (of) {
    case i32:
      return [0x41, ...s32(nextBelow(random, 2) === 0 ? small : nextBelow(random, 2 ** 32) | 0)];
    case i64:
      return op.const64(BigInt(small) * 0x1_2345_6789n);
    case f32:
      return [0x43, ...bytes.slice(0, 4)];
    case f64:
      return [0x44, ...bytes];
  }
}

type Operation = {
  readonly operands: readonly ValueByte[];
  readonly code: Bytes;
  readonly count: number;
  readonly seesBits: boolean;
};

function simple(operands: readonly ValueByte[], ...code: readonly number[]): Operation {
  const [first = 0] = code;
  return { operands, code, count: 1, seesBits: bitCasts.includes(first) };
}

/** Reinterpretations of floats as integers. */
const bitCasts = [0xbc, 0xbd];

const operations: Readonly<Record<ValueByte, readonly Operation[]>> = {
  [i32]: [
    ...[0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x76, 0x77, 0x46, 0x48].map((code) =>
      simple([i32, i32], code),
    ),
    // Division traps for some operands.
    { operands: [i32, i32], code: [...op.const(1), 0x72, 0x6e], count: 3, seesBits: false },
    simple([i32], 0x45),
    simple([i32], 0x69),
    simple([i64], 0xa7),
    simple([f64, f64], 0x63),
    simple([f32], 0xfc, 0),
    simple([f32], 0xbc),
    simple([i32, i32, i32], 0x1b),
    { operands: [i32], code: [...op.const(0xfff), 0x71, ...op.i32Load], count: 3, seesBits: false },
    { operands: [], code: op.memorySize, count: 1, seesBits: false },
  ],
  [i64]: [
    ...[0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85].map((code) => simple([i64, i64], code)),
    simple([i32], 0xad),
    simple([f64], 0xbd),
    simple([f64], 0xfc, 6),
  ],
  [f32]: [
    ...[0x92, 0x93, 0x94, 0x95, 0x96, 0x98].map((code) => simple([f32, f32], code)),
    simple([f32], 0x91),
    simple([i32], 0xbe),
    simple([f64], 0xb6),
  ],
  [f64]: [
    ...[0xa0, 0xa1, 0xa2, 0xa3, 0xa5, 0xa6].map((code) => simple([f64, f64], code)),
    simple([f64], 0x9f),
    simple([i64], 0xbf),
    simple([f32], 0xbb),
  ],
};

function pick<T>(random: RandomState, choices: readonly T[]): T {
  const found = choices[nextBelow(random, choices.length)];
  if (found === undefined) throw new RangeError("nothing to choose from");
  return found;
}
