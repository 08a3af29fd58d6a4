import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import { seedRandom } from "@kith/protocol/random";

import { rewriteBranches, type BranchEdits } from "./branches.ts";
import { sectionIds } from "./decode-module.ts";
import { enteredBranches, markBranches } from "./mark-branches.ts";
import { rewriteSections } from "./rewrite-sections.ts";
import { functionOf, instantiate } from "./test-meter.ts";
import { body, encodeModule, exported, i32, mutableGlobal, op, type } from "./test-module.ts";
import { randomModule } from "./test-programs.ts";

const seed = Number(process.env["KITH_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const programs = 8;

type Exports = Readonly<Record<string, unknown>>;

function edited(bytes: Uint8Array<ArrayBuffer>, edits: BranchEdits): Uint8Array<ArrayBuffer> {
  return rewriteSections(bytes, (id, reader) =>
    id === sectionIds.code ? rewriteBranches(reader, edits) : undefined,
  );
}

function bitOf(bits: Uint8Array, branch: number): boolean {
  return (((bits[branch >> 3] ?? 0) >> (branch & 7)) & 1) === 1;
}

/** What comes of some calls, and what they leave behind. */
function outcomes(exports: Exports, calls: readonly number[]): readonly string[] {
  const values = calls.map((call) => {
    try {
      return String(functionOf(exports[`f${call % 5}`])(call * 77 - 5, call % 3, 1234567890123n));
    } catch (thrown) {
      // Deep recursion ends by a RangeError.
      return thrown instanceof RangeError ? "deep" : "trap";
    }
  });
  const { buffer } = exports["memory"] as { readonly buffer: ArrayBuffer };
  return [...values, sha256Hex(new Uint8Array(buffer))];
}

test(`random programs do the same without branches that they do not enter (seed ${seed})`, () => {
  const random = seedRandom(seed);
  let traps = 0;
  for (let program = 0; program < programs; program++) {
    const bytes = randomModule(random, false);
    const usual = Array.from({ length: 6 }, (_, index) => index);
    const marked = instantiate(markBranches(bytes));
    const wanted = outcomes(marked, usual);
    assert.deepEqual(outcomes(instantiate(bytes), usual), wanted);
    const entered = enteredBranches(marked);
    const cut = edited(bytes, { isCut: (branch) => !bitOf(entered, branch) });
    assert.ok(WebAssembly.validate(cut));
    assert.ok(cut.length <= bytes.length);
    assert.deepEqual(outcomes(instantiate(cut), usual), wanted);
    // Whatever else it is asked, it does as before or traps.
    const others = Array.from({ length: 5 }, (_, index) => 6 + index);
    for (const call of others) {
      const [found] = outcomes(instantiate(cut), [call]);
      const [known] = outcomes(instantiate(bytes), [call]);
      if (found === "trap" && known !== "trap") traps++;
      else assert.equal(found, known);
    }
  }
  assert.ok(traps > 0, "what was left out is missed");
});

test("a module without any branch traps wherever it is entered", () => {
  const bytes = randomModule(seedRandom(seed), false);
  const none = edited(bytes, { isCut: () => true });
  assert.ok(WebAssembly.validate(none));
  assert.deepEqual(outcomes(instantiate(none), [0, 1, 2, 3, 4]).slice(0, 5), Array(5).fill("trap"));
});

test("both arms of a condition and what follows it are branches, and what is not entered goes", () => {
  const arms = op.if(i32, op.const(10), [0x05], op.const(20));
  const bytes = encodeModule({
    types: [type([i32], [i32])],
    functions: [0],
    globals: [mutableGlobal(i32, op.const(0))],
    exports: [exported("f", 0, 0)],
    bodies: [body([...op.get(0), ...arms, ...op.const(1), ...op.i32Add])],
  });
  const entered = (value: number): number => {
    const exports = instantiate(markBranches(bytes));
    assert.equal(functionOf(exports["f"])(value), value === 0 ? 21 : 11);
    return enteredBranches(exports)[0] ?? 0;
  };
  // From the right: the function, then, else, behind the condition.
  assert.equal(entered(1), 0b1011);
  assert.equal(entered(0), 0b1101);
  const withoutElse = instantiate(edited(bytes, { isCut: (branch) => branch === 2 }));
  assert.equal(functionOf(withoutElse["f"])(1), 11);
  assert.throws(() => functionOf(withoutElse["f"])(0), WebAssembly.RuntimeError);
});
