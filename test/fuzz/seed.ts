import * as fc from "fast-check";

/** `KITH_FUZZ_SEED=<n>` repeats a run; the seed is in every test's name. */
const wanted = Number(process.env["KITH_FUZZ_SEED"] ?? Number.NaN);

export const seed = Number.isInteger(wanted) ? wanted : Date.now() & 0x7fff_ffff;

/** Runs the property with the seed that the tests' names show. */
export function check<T>(
  runs: number,
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => void,
): void {
  fc.assert(fc.property(arbitrary, holds), { seed, numRuns: runs });
}
