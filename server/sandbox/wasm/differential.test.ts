import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import type { MeterOptions } from "./meter-module.ts";
import { functionOf, instantiate, metered, run, testOptions } from "./test-meter.ts";
import { pieceInstructionsMax, randomModule } from "./test-programs.ts";

const seed = Number(process.env["KITH_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const programs = 30;
/** Each instruction weighs one, so that what was executed can be compared with what was charged. */
const plainCosts = { ...testOptions.costs, elementFuel: 1, bulkFuel: 1 };
const startFuel = 100_000_000n;

type Outcome = { readonly values: unknown; readonly executed: bigint };

/** What one call gives: its results or that it traps, and how many instructions the program counted itself. */
function outcome(call: () => unknown, executed: () => bigint): Outcome {
  try {
    return { values: call(), executed: executed() };
  } catch (thrown) {
    assert.ok(
      thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError,
      String(thrown),
    );
    return { values: "trap", executed: executed() };
  }
}

/** NaNs are equal here whatever their bits are. */
function shown(values: unknown): string {
  return JSON.stringify(values, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "number" ? (Object.is(value, -0) ? "-0" : String(value)) : value;
  });
}

function runAll(
  exports: Readonly<Record<string, unknown>>,
  call: (...values: readonly unknown[]) => unknown,
): { readonly outcomes: readonly string[]; readonly executed: bigint; readonly memory: string } {
  const count = exports["executed"] as { readonly value: bigint };
  const outcomes: string[] = [];
  for (let index = 0; index < 5; index++) {
    for (const allowance of [0, 1, 4]) {
      const found = outcome(
        () => call(`f${index}`, index * 77 - 5, allowance, 1234567890123n),
        () => count.value,
      );
      outcomes.push(`${shown(found.values)} ${found.executed}`);
    }
  }
  const memory = new Uint8Array((exports["memory"] as { buffer: ArrayBuffer }).buffer);
  return { outcomes, executed: count.value, memory: sha256Hex(memory) };
}

const optionSets: readonly (readonly [string, Partial<MeterOptions>])[] = [
  ["as they are", {}],
  [
    "with every function counting its stack",
    { stackCosts: { frameBytes: 1, slotBytes: 0, uncountedBytesMax: 0 } },
  ],
  ["with short stretches", { fuelStretch: 2 }],
];

type Run = ReturnType<typeof runAll> & { readonly charged: bigint };

function runMetered(bytes: Uint8Array<ArrayBuffer>, options: Partial<MeterOptions>): Run {
  const { call, state, exports } = run(metered(bytes, { costs: plainCosts, ...options }));
  state.fuel = startFuel;
  const found = runAll(exports, call);
  if (!found.outcomes.some((text) => text.startsWith('"trap"'))) {
    assert.equal(state.stackBytes, 256 * 1024);
  }
  return { ...found, charged: startFuel - state.fuel };
}

/** A program that traps has counted the rest of its piece already, which is neither run nor paid for. */
function assertPaid({ executed, charged, outcomes }: Run, about: string): void {
  const traps = outcomes.filter((text) => text.startsWith('"trap"')).length;
  const counted = executed - BigInt(traps * pieceInstructionsMax);
  assert.ok(counted <= charged, `${about}: ${executed} ran on ${charged}, with ${traps} traps`);
}

test(`random programs do the same with the pass and without it, and never run more than they are charged (seed ${seed})`, () => {
  const random = seedRandom(seed);
  let chargedSum = 0n;
  let executedSum = 0n;
  for (let program = 0; program < programs; program++) {
    const bytes = randomModule(random, false);
    const plainExports = instantiate(bytes);
    const plain = runAll(plainExports, (name, ...values) =>
      functionOf(plainExports[String(name)])(...values),
    );
    const [label, options] = optionSets[nextBelow(random, optionSets.length)] ?? ["", {}];
    const [first, second] = [runMetered(bytes, options), runMetered(bytes, options)];
    const { charged, ...found } = first;
    assert.deepEqual(found, plain, `program ${program} ${label}`);
    assert.deepEqual(second, first, `program ${program} ${label}`);
    assertPaid(first, `program ${program} ${label}`);
    chargedSum += charged;
    executedSum += found.executed;
  }
  // Paths that are not taken are paid for as well, but not without measure.
  assert.ok(chargedSum < 10n * executedSum, `${executedSum} ran on ${chargedSum}`);
});

test(`with canonical NaNs random programs see the same bits whatever the code around is (seed ${seed})`, () => {
  const random = seedRandom(seed);
  for (let program = 0; program < programs; program++) {
    const bytes = randomModule(random, true);
    const [first, ...others] = optionSets.map(([, options]) => {
      const { charged, ...found } = runMetered(bytes, { ...options, floats: "canonicalise" });
      assertPaid({ ...found, charged }, `program ${program}`);
      return found;
    });
    for (const other of others) assert.deepEqual(other, first, `program ${program}`);
  }
});
