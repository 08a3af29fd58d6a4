import assert from "node:assert/strict";
import { test } from "node:test";

import { metered, run } from "./test-meter.ts";
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
  section,
  s32,
  type,
  vector,
  type Bytes,
  type TestParts,
} from "./test-module.ts";

/** A module with one exported function `f` and, if wanted, more. */
function oneFunction(params: Bytes, results: Bytes, code: Bytes, more: TestParts = {}): TestParts {
  return {
    types: [type(params, results), ...(more.types ?? [])],
    functions: [0, ...(more.functions ?? [])],
    exports: [exported("f", 0, 0), ...(more.exports ?? [])],
    bodies: [body(code), ...(more.bodies ?? [])],
    memories: more.memories ?? [],
    tables: more.tables ?? [],
    globals: more.globals ?? [],
    elements: more.elements ?? [],
    data: more.data ?? [],
    ...(more.dataCount === undefined ? {} : { dataCount: more.dataCount }),
  };
}

/** Twice as many instructions, one after the other. */
function straight(pairs: number): Bytes {
  return Array.from({ length: pairs }, () => [...op.const(1), ...op.drop]).flat();
}

/** Two operands from the bits of the parameter, and the bits of what comes out. */
function ofTwoNans(operation: number): Bytes {
  return [0x20, 0, 0xbf, 0x20, 0, 0xbf, operation, 0xbd];
}

const onePage: Bytes = [0x00, 1];

test("a loop without an end stops when its fuel is used up, and the fuel says why", () => {
  const { call, state } = run(
    metered(encodeModule(oneFunction([], [], op.loop(0x40, op.branch(0))))),
  );
  assert.throws(() => call("f"), WebAssembly.RuntimeError);
  assert.ok(state.fuel < 0n);
});

test("recursion without an end stops when its fuel is used up, or its native stack, and they say which", () => {
  const module = metered(encodeModule(oneFunction([], [], op.call(0))));
  const { call, state } = run(module);
  assert.throws(() => call("f"), WebAssembly.RuntimeError);
  assert.ok(state.fuel > 0n && state.stackBytes < 0);
  const deep = run(module);
  deep.state.fuel = 100n;
  assert.throws(() => deep.call("f"), WebAssembly.RuntimeError);
  assert.ok(deep.state.fuel < 0n && deep.state.stackBytes > 0);
});

test("a trap for another reason leaves fuel that is not below zero", () => {
  const { call, state } = run(metered(encodeModule(oneFunction([], [], op.unreachable))));
  assert.throws(() => call("f"), WebAssembly.RuntimeError);
  assert.ok(state.fuel > 0n && state.stackBytes > 0);
});

test("the same calls use the same fuel in two instances", () => {
  const code = op.loop(
    0x40,
    [...op.get(0), ...op.const(1), ...op.i32Sub, ...op.tee(0)],
    op.branchIf(0),
  );
  const module = metered(encodeModule(oneFunction([i32], [], code)));
  const used = [run(module), run(module)].map(({ call, state }) => {
    call("f", 1000);
    return 1_000_000n - state.fuel;
  });
  assert.equal(used[0], used[1]);
  assert.ok((used[0] ?? 0n) >= 5000n && (used[0] ?? 0n) < 6100n);
});

test("code without a branch is charged wherever a stretch of it ends", () => {
  const { call, state } = run(metered(encodeModule(oneFunction([], [], straight(1000)))));
  call("f");
  const used = Number(1_000_000n - state.fuel);
  assert.ok(used >= 2000 && used <= 2000 + 2 * 64, String(used));
});

test("of two arms the longer one counts, and not both", () => {
  const code = [...op.get(0), ...op.if(0x40, straight(100), [0x05], straight(90))];
  const { call, state } = run(metered(encodeModule(oneFunction([i32], [], code))));
  call("f", 0);
  const used = Number(1_000_000n - state.fuel);
  assert.ok(used >= 182 && used <= 202 + 64, String(used));
});

const bulk: readonly (readonly [string, Bytes])[] = [
  ["memory.copy", op.memoryCopy],
  ["memory.fill", op.memoryFill],
  ["memory.init", [0xfc, 8, 0, 0]],
];

for (const [instruction, code] of bulk) {
  test(`${instruction} is charged by its size before it starts, and no size adds fuel`, () => {
    const parts = oneFunction([i32], [], [...op.const(0), ...op.const(0), ...op.get(0), ...code], {
      memories: [onePage],
      data: [[1, ...vector([[1], [2], [3], [4]])]],
      dataCount: 1,
    });
    const module = metered(encodeModule(parts));
    const { call, state } = run(module);
    call("f", 0);
    const base = 1_000_000n - state.fuel;
    state.fuel = 1_000_000n;
    call("f", 4);
    assert.equal(1_000_000n - state.fuel, base + 4n);
    for (const size of [-1, -2_147_483_648]) {
      const negative = run(module);
      assert.throws(() => negative.call("f", size), WebAssembly.RuntimeError);
      assert.equal(negative.state.fuel, 1_000_000n - base - BigInt(size >>> 0));
    }
  });
}

const tableBulk: readonly (readonly [string, Bytes])[] = [
  ["table.copy", [...op.const(0), ...op.const(0), ...op.get(0), 0xfc, 14, 0, 0]],
  ["table.fill", [...op.const(0), 0xd0, funcref, ...op.get(0), 0xfc, 17, 0]],
  ["table.init", [...op.const(0), ...op.const(0), ...op.get(0), 0xfc, 12, 0, 0]],
  ["table.grow", [0xd0, funcref, ...op.get(0), 0xfc, 15, 0, ...op.drop]],
];

for (const [instruction, code] of tableBulk) {
  test(`${instruction} is charged by its number of elements`, () => {
    const parts = oneFunction([i32], [], code, {
      tables: [[funcref, 0, 10]],
      elements: [[1, 0, ...vector([[0], [0], [0]])]],
    });
    const { call, state } = run(metered(encodeModule(parts)));
    call("f", 0);
    const base = 1_000_000n - state.fuel;
    state.fuel = 1_000_000n;
    call("f", 3);
    assert.equal(1_000_000n - state.fuel, base + 3n * 32n);
    state.fuel = 1_000_000n;
    assert.throws(() => call("f", -1), WebAssembly.RuntimeError);
    assert.ok(state.fuel < 0n);
  });
}

test("a table grows to the limit of elements and no further, whatever its own maximum is", () => {
  const grow = [0xd0, funcref, ...op.get(0), 0xfc, 15, 0];
  for (const limits of [
    [0, 10],
    [1, 10, ...s32(1_000_000)],
  ]) {
    const module = metered(
      encodeModule(oneFunction([i32], [i32], grow, { tables: [[funcref, ...limits]] })),
    );
    const { call, state } = run(module);
    state.fuel = 10_000_000n;
    assert.equal(call("f", 16_384 - 10), 10);
    assert.equal(call("f", 1), -1);
    assert.equal(module.facts.hasHiddenState, true);
  }
});

test("memory grows by a number alone, up to the maximum, and the real memory has it from the start", () => {
  const parts = oneFunction([i32], [i32], [...op.get(0), ...op.memoryGrow], {
    functions: [1],
    types: [type([], [i32])],
    bodies: [body(op.memorySize)],
    exports: [exported("size", 0, 1), exported("own", 2, 0)],
    memories: [onePage],
  });
  const module = metered(encodeModule(parts));
  assert.deepEqual(module.facts.memory, { initialPages: 1, maximumPages: 16, imported: false });
  const { call, state, memory } = run(module);
  assert.equal(memory().length, 16 * 65_536);
  assert.equal(call("size"), 1);
  const before = state.fuel;
  assert.equal(call("f", 3), 1);
  assert.ok(before - state.fuel >= 3n * 4096n);
  assert.equal(call("size"), 4);
  assert.equal(state.pages, 4);
  for (const tooMany of [13, 65_536, -1]) assert.equal(call("f", tooMany), -1);
  assert.equal(call("f", 12), 4);
  assert.equal(call("f", 0), 16);
  assert.equal(memory().length, 16 * 65_536);
});

test("a page that is paid for by too little fuel traps", () => {
  const parts = oneFunction([i32], [i32], [...op.get(0), ...op.memoryGrow], {
    memories: [onePage],
  });
  const { call, state } = run(metered(encodeModule(parts)));
  state.fuel = 4000n;
  assert.throws(() => call("f", 1), WebAssembly.RuntimeError);
  assert.ok(state.fuel < 0n);
  assert.equal(state.pages, 1);
});

test("a module's own maximum of pages stays, and an imported memory gets the same limits", () => {
  const bounded = encodeModule(oneFunction([], [], [], { memories: [[1, 1, 3]] }));
  assert.equal(metered(bounded).facts.memory?.maximumPages, 3);
  const imported = encodeModule({ imports: [[...name("e"), ...name("m"), 2, 0, 2]] });
  const { bytes, facts } = metered(imported);
  assert.deepEqual(facts.memory, { initialPages: 2, maximumPages: 16, imported: true });
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16 });
  assert.equal(run({ bytes }, { e: { m: memory } }).memory().buffer, memory.buffer);
  const small = metered(imported, { pagesAtStart: 2 });
  run(small, { e: { m: new WebAssembly.Memory({ initial: 2, maximum: 16 }) } });
});

test("every mutable global can be saved and restored, floats with all their bits", () => {
  const parts = oneFunction([], [], [], {
    globals: [
      mutableGlobal(i32, op.const(7)),
      mutableGlobal(i64, op.const64(-1n)),
      mutableGlobal(f32, [0x43, 1, 0, 0xa0, 0x7f]),
      mutableGlobal(f64, [0x44, 1, 0, 0, 0, 0, 0, 0xf4, 0xff]),
      mutableGlobal(0x6f, [0xd0, 0x6f]),
      [i32, 0, ...op.const(5), 0x0b],
    ],
  });
  const { state } = run(metered(encodeModule(parts)));
  assert.deepEqual(state.globals, [
    7,
    -1n,
    0x7fa0_0001,
    BigInt.asIntN(64, 0xfff4_0000_0000_0001n),
    null,
  ]);
  const values = [
    8,
    9n,
    0x7fa0_0002,
    BigInt.asIntN(64, 0xfff4_0000_0000_0003n),
    { some: "host value" },
  ];
  state.globals = values;
  assert.deepEqual(state.globals, values);
});

test("branches to the function's own label, returns and the end all give the stack back", () => {
  // Three ways out with two results each; the function calls itself, so it counts its stack.
  const results: Bytes = [...op.const(10), ...op.const64(20n)];
  const code = [
    ...op.block(0x40, op.block(0x40, op.block(0x40, op.get(0), op.branchTable(0, 1, 2))), [
      ...op.const(1),
      ...op.const64(2n),
      ...op.return,
    ]),
    ...op.get(0),
    ...op.const(4),
    0x46,
    ...op.if(0x40, results, op.branch(1)),
    ...op.const(100),
    ...op.const64(200n),
    ...op.get(0),
    ...op.const(3),
    0x46,
    ...op.branchIf(0),
    ...op.drop,
    ...op.drop,
    ...op.get(0),
    ...op.const(1),
    ...op.i32Sub,
    ...op.call(0),
  ];
  const bytes = encodeModule(oneFunction([i32], [i32, i64], code));
  const module = metered(bytes);
  assert.equal(module.facts.countedFunctions, 1);
  const { call, state } = run(module);
  const expected: readonly (readonly [number, readonly unknown[]])[] = [
    [0, [1, 2n]],
    [1, [1, 2n]],
    [3, [100, 200n]],
    [4, [10, 20n]],
    [6, [10, 20n]],
  ];
  for (const [argument, values] of expected) {
    assert.deepEqual(call("f", argument), values);
    assert.equal(state.stackBytes, 256 * 1024);
  }
});

test("a branch table may lead to the function's own label", () => {
  const code = [
    ...op.const(5),
    ...op.block(0x40, op.const(6), op.get(0), op.branchTable(1, 1)),
    ...op.drop,
    ...op.const(1),
    ...op.call(0),
  ];
  const bytes = encodeModule(oneFunction([i32], [i32], code));
  const { call, state } = run(metered(bytes));
  assert.equal(call("f", 0), 6);
  assert.equal(state.stackBytes, 256 * 1024);
});

test("only functions that may be on their own stack twice count it, and chains between them are paid by who counts", () => {
  const callers = [1, 2, 3].map((next) => body([...op.get(0), ...op.call(next)]));
  const parts: TestParts = {
    types: [type([i32], [i32])],
    functions: [0, 0, 0, 0, 0],
    exports: [exported("f", 0, 0), exported("g", 0, 4)],
    bodies: [
      ...callers,
      body(op.get(0)),
      body([
        ...op.get(0),
        ...op.if(
          i32,
          op.get(0),
          op.const(1),
          op.i32Sub,
          op.call(4),
          [0x05],
          op.const(0),
          op.call(0),
        ),
      ]),
    ],
  };
  const module = metered(encodeModule(parts));
  assert.equal(module.facts.countedFunctions, 1);
  assert.equal(module.facts.functions, 5);
  const { call, state } = run(module);
  state.stackBytes = 0;
  assert.equal(call("f", 1), 1);
  state.stackBytes = 256 * 1024;
  assert.equal(call("g", 50), 0);
  assert.throws(() => call("g", 5000), WebAssembly.RuntimeError);
  assert.ok(state.stackBytes < 0 && state.fuel > 0n);
  const uncounted = metered(encodeModule(parts), {
    stackCosts: { frameBytes: 1000, slotBytes: 1, uncountedBytesMax: 100 },
  });
  assert.equal(uncounted.facts.countedFunctions, 5);
});

test("recursion by way of a table, or of the host, is counted as well", () => {
  const indirect = encodeModule(
    oneFunction([], [], [...op.const(0), ...op.callIndirect(0)], {
      tables: [[funcref, 0, 1]],
      elements: [[0, ...op.const(0), 0x0b, ...vector([[0]])]],
    }),
  );
  const { call, state } = run(metered(indirect));
  assert.throws(() => call("f"), WebAssembly.RuntimeError);
  assert.ok(state.stackBytes < 0);

  const host = encodeModule({
    types: [type([], [])],
    imports: [importedFunction("e", "again", 0)],
    functions: [0],
    exports: [exported("f", 0, 1)],
    bodies: [body(op.call(0))],
  });
  const reentered = run(metered(host), { e: { again: () => reentered.call("f") } });
  reentered.state.stackBytes = 2000;
  assert.throws(() => reentered.call("f"), WebAssembly.RuntimeError);
  assert.ok(reentered.state.stackBytes < 0);
});

test("a chain of as many calls as there may be functions is planned without recursion", () => {
  const count = 9_000;
  const bodies = Array.from({ length: count }, (_, index) =>
    body(op.call(index + 1 < count ? index + 1 : 0)),
  );
  const parts = {
    types: [type([], [])],
    functions: bodies.map(() => 0),
    bodies,
    exports: [exported("f", 0, 0)],
  };
  const { call, state } = run(metered(encodeModule(parts)));
  assert.throws(() => call("f"), WebAssembly.RuntimeError);
  assert.ok(state.fuel > 0n && state.stackBytes < 0);
});

test("custom sections are left out", () => {
  const bytes = encodeModule(oneFunction([], [], []));
  const custom = section(0, [...name("name"), 1, 2, 3]);
  const longer = Uint8Array.from([
    ...bytes.subarray(0, 8),
    ...custom,
    ...bytes.subarray(8),
    ...custom,
  ]);
  assert.deepEqual(metered(longer).bytes, metered(bytes).bytes);
});

test("NaNs become the canonical one where hosts may differ, and keep their bits elsewhere", () => {
  const run64 = (code: Bytes): unknown => {
    const module = metered(encodeModule(oneFunction([i64], [i64], code)), {
      floats: "canonicalise",
    });
    return run(module).call("f", -0x7_ffff_ffff_fff1n);
  };
  const canonical = 0x7ff8_0000_0000_0000n;
  for (const operation of [0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5]) {
    assert.equal(run64(ofTwoNans(operation)), canonical);
  }
  for (const operation of [0x9b, 0x9c, 0x9d, 0x9e, 0x9f]) {
    assert.equal(run64([0x20, 0, 0xbf, operation, 0xbd]), canonical);
  }
  // Through f32 and back.
  assert.equal(run64([0x20, 0, 0xbf, 0xb6, 0xbb, 0xbd]), canonical);
  assert.equal(run64([0x20, 0, 0xbf, 0xb6, 0xbc, 0xad]), 0x7fc0_0000n);
  // Negation has defined bits: it flips the sign of whatever NaN there is.
  assert.equal(run64([0x20, 0, 0xbf, 0x9a, 0xbd]), 0x7ff8_0000_0000_000fn);
  // Numbers stay what they are, zeros with their sign.
  const zero = metered(encodeModule(oneFunction([f64], [f64], [0x20, 0, 0x9f])), {
    floats: "canonicalise",
  });
  assert.ok(Object.is(run(zero).call("f", -0), -0));
  assert.equal(run(zero).call("f", 2.25), 1.5);
});
